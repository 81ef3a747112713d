package scale

// Model is a published model.
type Model struct {
	Name       string
	Year       int
	Parameters float64
	Source     string
}

// Models are networks from the first that read digits to those of today, with
// the number of parameters that their authors give.
var Models = []Model{
	{"LeNet-5", 1998, 60e3, "LeCun, Bottou, Bengio and Haffner, Gradient-Based Learning Applied to Document Recognition, Proc. IEEE 86 (11)"},
	{"AlexNet", 2012, 60e6, "Krizhevsky, Sutskever and Hinton, ImageNet Classification with Deep Convolutional Neural Networks, NIPS 25"},
	{"VGG-16", 2014, 138e6, "Simonyan and Zisserman, arXiv:1409.1556"},
	{"BERT-large", 2018, 340e6, "Devlin, Chang, Lee and Toutanova, arXiv:1810.04805"},
	{"GPT-2", 2019, 1.5e9, "Radford et al., Language Models are Unsupervised Multitask Learners, OpenAI"},
	{"GPT-3", 2020, 175e9, "Brown et al., arXiv:2005.14165"},
	{"PaLM", 2022, 540e9, "Chowdhery et al., arXiv:2204.02311"},
	{"LLaMA", 2023, 65e9, "Touvron et al., arXiv:2302.13971"},
	{"Llama 3.1", 2024, 405e9, "Grattafiori et al., The Llama 3 Herd of Models, arXiv:2407.21783"},
	{"DeepSeek-V3", 2024, 671e9, "DeepSeek-AI, arXiv:2412.19437; 37e9 are used for each token"},
}
