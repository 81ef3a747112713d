package data

import "math"

// Moons makes n points in two classes that no straight line separates: two half
// circles, one opening up and one down, that reach into each other. Noise is the
// standard deviation of each coordinate; seed decides the points. The set is
// synthetic, made for teaching.
func Moons(n int, noise float64, seed int64) (*Set, error) {
	rng := generator(seed, -3)
	values := make([]float32, 0, 2*n)
	labels := make([]int32, 0, n)
	for i := range n {
		angle := math.Pi * rng.Float64()
		x, y := math.Cos(angle), math.Sin(angle)
		if i%2 == 1 {
			x, y = 1-x, 0.5-y
		}
		values = append(values, float32(x+noise*rng.NormFloat64()), float32(y+noise*rng.NormFloat64()))
		labels = append(labels, int32(i%2))
	}
	return NewTable("moons", "train", []int{2}, values, labels, []string{"upper", "lower"})
}
