// Package fetch lets package data download from the web mirrors of its manifest.
// Import it for its effect:
//
//	import _ "github.com/gradus-ml/gradus/kit/data/fetch"
package fetch

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/gradus-ml/gradus/kit/data"
)

func init() { data.Download = get }

// get fetches a URL of at most limit bytes; more is refused unread.
func get(ctx context.Context, url string, limit int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the server answers %s", resp.Status)
	}
	b, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("the file is larger than the %d bytes expected", limit)
	}
	return b, nil
}
