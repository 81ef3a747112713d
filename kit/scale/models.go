package scale

// Model is a published model.
type Model struct {
	Name       string
	Year       int
	Parameters float64
	// Active is how many of the parameters work on each token, where a model is a
	// mixture of experts; 0 means all of them.
	Active float64
	// Tokens is how many the model was trained on; 0 where its authors do not say,
	// or where examples are images.
	Tokens float64
	Source string
}

// PerToken is how many parameters work on each token.
func (m Model) PerToken() float64 {
	if m.Active > 0 {
		return m.Active
	}
	return m.Parameters
}

// Models are networks from the first that read digits to those of today, in the
// order of their publication, with the numbers that their authors give.
var Models = []Model{
	{Name: "LeNet-5", Year: 1998, Parameters: 60e3, Source: "LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition, Proc. IEEE 86 (11)"},
	{Name: "AlexNet", Year: 2012, Parameters: 60e6, Source: "Krizhevsky, Sutskever and Hinton, ImageNet Classification with Deep Convolutional Neural Networks, NIPS 25"},
	{Name: "VGG-16", Year: 2014, Parameters: 138e6, Source: "Simonyan and Zisserman, arXiv:1409.1556"},
	{Name: "BERT-large", Year: 2018, Parameters: 340e6, Source: "Devlin, Chang, Lee and Toutanova, arXiv:1810.04805"},
	{Name: "GPT-2", Year: 2019, Parameters: 1.5e9, Source: "Radford et al., Language Models are Unsupervised Multitask Learners, OpenAI"},
	{Name: "GPT-3", Year: 2020, Parameters: 175e9, Tokens: 300e9, Source: "Brown et al., arXiv:2005.14165"},
	{Name: "Chinchilla", Year: 2022, Parameters: 70e9, Tokens: 1.4e12, Source: "Hoffmann et al., arXiv:2203.15556"},
	{Name: "PaLM", Year: 2022, Parameters: 540e9, Tokens: 780e9, Source: "Chowdhery et al., arXiv:2204.02311"},
	{Name: "LLaMA", Year: 2023, Parameters: 65e9, Tokens: 1.4e12, Source: "Touvron et al., arXiv:2302.13971"},
	{Name: "Llama 3.1", Year: 2024, Parameters: 405e9, Tokens: 15.6e12, Source: "Grattafiori et al., The Llama 3 Herd of Models, arXiv:2407.21783"},
	{Name: "DeepSeek-V3", Year: 2024, Parameters: 671e9, Active: 37e9, Tokens: 14.8e12, Source: "DeepSeek-AI, arXiv:2412.19437"},
	{Name: "Kimi K2", Year: 2025, Parameters: 1.04e12, Active: 32e9, Tokens: 15.5e12, Source: "Kimi Team, arXiv:2507.20534"},
}
