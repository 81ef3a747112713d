package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gradus-ml/gradus/kit/predict"
	"github.com/gradus-ml/gradus/kit/predict/service"
)

func newServeCommand() *cobra.Command {
	var name, addr string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Offer a trained run over HTTP, with a page to draw digits on",
		Long: `Serve answers POST /v1/predict with the class and the probabilities of an image,
GET /healthz, GET /metrics (for Prometheus), and GET / with a page on which a
person draws a digit. Ctrl-C finishes the requests that are under way.`,
		Example: `  go run . serve --run mlp --addr 127.0.0.1:8080
  curl --data-binary @digit.png http://127.0.0.1:8080/v1/predict`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if done, err := runXLA(c.Context()); done {
				return err
			}
			p, err := predict.Open(name, nil)
			if err != nil {
				return err
			}
			s, err := service.New(p)
			if err != nil {
				return err
			}
			return s.Serve(c.Context(), addr, func(address string) {
				fmt.Fprintf(c.OutOrStdout(), "run %s is at http://%s (Ctrl-C ends it)\n", name, address)
			})
		},
	}
	c.Flags().StringVar(&name, "run", "mlp", "name of the run")
	c.Flags().StringVar(&addr, "addr", "127.0.0.1:8080", "address to listen on")
	return c
}
