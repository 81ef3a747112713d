package show

import (
	"errors"
	"fmt"
	"html"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/janpfeifer/gonb/gonbui/protocol"
)

// Table shows rows under a header: an HTML table in a notebook, aligned text
// elsewhere. Columns of numbers are set to the right. The caption says what the
// table is.
func Table(caption string, header []string, rows [][]string) error {
	if err := checkTable(caption, header, rows); err != nil {
		return fmt.Errorf("the table %q cannot be shown: %w", caption, err)
	}
	text := textTable(caption, header, rows)
	if !InNotebook() {
		_, err := fmt.Fprint(os.Stdout, text)
		return err
	}
	return send(map[protocol.MIMEType]any{
		protocol.MIMETextHTML:  htmlTable(caption, header, rows),
		protocol.MIMETextPlain: text,
	})
}

func checkTable(caption string, header []string, rows [][]string) error {
	if strings.TrimSpace(caption) == "" {
		return errors.New("it has no caption; say what it is")
	}
	if len(header) == 0 {
		return errors.New("it has no columns; name at least one")
	}
	for i, row := range rows {
		if len(row) != len(header) {
			return fmt.Errorf("row %d has %d cells for %d columns; one each is needed", i+1, len(row), len(header))
		}
	}
	return nil
}

// numeric tells which columns hold nothing but numbers.
func numeric(header []string, rows [][]string) []bool {
	out := make([]bool, len(header))
	for j := range header {
		out[j] = len(rows) > 0
		for _, row := range rows {
			cell := strings.TrimRight(strings.ReplaceAll(row[j], ",", ""), " %")
			if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" {
				out[j] = false
			}
		}
	}
	return out
}

func textTable(caption string, header []string, rows [][]string) string {
	var b strings.Builder
	b.WriteString(caption + "\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range append([][]string{header}, rows...) {
		fmt.Fprintln(w, strings.Join(row, "\t")+"\t")
	}
	w.Flush() // a strings.Builder takes every write
	return b.String()
}

// htmlTable leaves colours to the page, so that it fits light and dark.
func htmlTable(caption string, header []string, rows [][]string) string {
	right := numeric(header, rows)
	align := func(j int) string {
		if right[j] {
			return "right"
		}
		return "left"
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<table><caption style="caption-side:top;text-align:left;font-weight:600;padding:0.3em 0">%s</caption><thead><tr>`, html.EscapeString(caption))
	for j, h := range header {
		fmt.Fprintf(&b, `<th scope="col" style="text-align:%s">%s</th>`, align(j), html.EscapeString(h))
	}
	b.WriteString("</tr></thead><tbody>")
	for _, row := range rows {
		b.WriteString("<tr>")
		for j, cell := range row {
			fmt.Fprintf(&b, `<td style="text-align:%s">%s</td>`, align(j), html.EscapeString(cell))
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</tbody></table>")
	return b.String()
}

// Markdown shows text in Markdown form, rendered in a notebook and as it is
// elsewhere.
func Markdown(text string) error {
	if !InNotebook() {
		_, err := fmt.Fprintln(os.Stdout, text)
		return err
	}
	return send(map[protocol.MIMEType]any{
		protocol.MIMETextMarkdown: text,
		protocol.MIMETextPlain:    text,
	})
}
