package cli

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/confab-go/confab/internal/cli/render"
)

// dataFlags say that a program is to have the data, and how.
type dataFlags struct {
	json     jsonFlag
	fields   []string
	jq       string
	template string
}

// jsonFlag is --json, or --json=id,message for some fields only.
type jsonFlag struct {
	on     bool
	fields []string
}

func (j *jsonFlag) String() string { return strings.Join(j.fields, ",") }

// Type lets help show it as the flag without a value that it may be.
func (*jsonFlag) Type() string { return "bool" }

func (j *jsonFlag) Set(value string) error {
	switch value {
	case "true", "false":
		*j = jsonFlag{on: value == "true"}
	default:
		*j = jsonFlag{on: true, fields: strings.Split(value, ",")}
	}
	return nil
}

// joinFields lets --json take its fields from the next argument, too, as gh has it: only where every word of that is a field
// of what the command shows.
func (f *factory) joinFields(root *cobra.Command, args []string) []string {
	i := slices.Index(args, "--json")
	if i < 0 || i+1 >= len(args) || slices.Contains(args[:i], "--") {
		return args
	}
	cmd, _, err := root.Find(args)
	if err != nil {
		return args
	}
	names := render.FieldNames(f.shownType(cmd))
	for name := range strings.SplitSeq(args[i+1], ",") {
		if !slices.Contains(names, name) {
			return args
		}
	}
	joined := append(slices.Clone(args[:i]), "--json="+args[i+1])
	return append(joined, args[i+2:]...)
}

// tellFields tells a person who asked for all of the data which parts it has.
func (f *factory) tellFields(cmd *cobra.Command) {
	names := render.FieldNames(f.shownType(cmd))
	if !f.app.OutTTY || !f.app.ErrTTY || !f.data.json.on || f.output.Fields != nil || f.output.Filter != nil || f.output.Template != nil || len(names) == 0 {
		return
	}
	f.settle()
	text := render.Indent("Fields, of which --json=a,b prints only some: "+strings.Join(names, ", "), "", f.app.Width)
	fmt.Fprintln(f.app.Err, f.errForm().Faint(text))
}

func (d *dataFlags) add(flags *pflag.FlagSet) {
	flags.VarPF(&d.json, "json", "", "print JSON; --json=id,name only these `FIELDS`").NoOptDefVal = "true"
	flags.StringSliceVar(&d.fields, "fields", nil, "print these `NAMES` of the JSON only, as in id,name")
	flags.StringVar(&d.jq, "jq", "", "print what this jq `FILTER` makes of the JSON")
	flags.StringVar(&d.template, "template", "", "print the JSON in this Go `TEMPLATE`: see 'confab help formatting'")
}

// shows says what type of data a command shows, so that its fields can be told and checked.
func shows[T any](f *factory, cmd *cobra.Command) *cobra.Command {
	f.shown[cmd] = reflect.TypeFor[T]()
	return cmd
}

// prepareOutput makes of the flags what the command will write its data with.
func (f *factory) prepareOutput(cmd *cobra.Command) error {
	d := &f.data
	flags := cmd.Flags()
	chosen := flags.Changed("fields") || d.json.fields != nil
	filtered, templated := flags.Changed("jq"), flags.Changed("template")
	f.json = d.json.on || chosen || filtered || templated
	f.output.Fields = append(slices.Clone(d.json.fields), d.fields...)
	shown, hasData := f.shown[cmd]
	switch {
	case !chosen && !filtered && !templated:
		return nil
	case !hasData:
		return usagef("there is no data for --fields, --jq or --template to choose from")
	case filtered && templated:
		return exclusive(cmd, "jq", "template")
	}
	if chosen {
		names := render.FieldNames(shown)
		for _, field := range f.output.Fields {
			switch {
			case len(names) == 0:
				return usagef("--fields: what it prints has no fixed fields; --jq can choose")
			case !slices.Contains(names, field):
				return usagef("there is no field %q; choose from %s", field, strings.Join(names, ", "))
			}
		}
		if len(f.output.Fields) == 0 {
			return usagef("--fields: no field is named; choose from %s", strings.Join(names, ", "))
		}
	}
	var err error
	if filtered {
		if f.output.Filter, err = render.NewFilter(d.jq); err != nil {
			return usagef("--jq: %w", err)
		}
	}
	if templated {
		if f.output.Template, err = render.NewTemplate(d.template, f.now()); err != nil {
			return usagef("--template: %w", err)
		}
	}
	return nil
}

// writer gives what writes data for a program.
func (f *factory) writer() render.Output {
	f.output.Form = f.form()
	return f.output
}

// show writes a value for a program.
func (f *factory) show(ctx context.Context, v any) error {
	return f.writer().Value(ctx, f.out, v)
}

// printList shows things: a program gets all that is known of them, a person a table, or is told that there are none.
func printList[T any](ctx context.Context, f *factory, things []*T, none string, columns []render.Column, row func(thing *T) []string) error {
	if f.json {
		return f.show(ctx, append([]*T{}, things...))
	}
	if len(things) == 0 && none != "" {
		f.hint("%s", none)
	}
	rows := make([][]string, len(things))
	for i, thing := range things {
		rows[i] = row(thing)
	}
	return f.form().Table(f.out, columns, rows)
}

// helpOnFields tells, below a command's help, which fields its data has.
func (f *factory) helpOnFields(cmd *cobra.Command) {
	names := render.FieldNames(f.shownType(cmd))
	if len(names) == 0 {
		return
	}
	f.settle()
	cmd.Println("\nFields of its JSON:\n" + render.Indent(strings.Join(names, ", "), "  ", 100))
}

func (f *factory) shownType(cmd *cobra.Command) reflect.Type {
	if t, ok := f.shown[cmd]; ok {
		return t
	}
	return reflect.TypeFor[struct{}]()
}
