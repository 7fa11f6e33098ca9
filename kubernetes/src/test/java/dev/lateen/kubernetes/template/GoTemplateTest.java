package dev.lateen.kubernetes.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.kubernetes.tree.Trees;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class GoTemplateTest {
    private static final JsonNode DATA = Trees.parse("""
        {"ObjectMeta":{"annotations":{"a/b":"c","empty":""}},
         "Spec":{"containers":[{"name":"one","httpGet":{"port":1}},{"name":"two"}]},
         "Values":{"global":{"on":true,"n":3,"list":["x","y"],"map":{"b":2,"a":1}}}}
        """);

    @Test
    void printsFieldsByTheirGoNames() throws TemplateException {
        assertThat(render("{{ range .Spec.Containers }}{{ .Name }}{{ with .HTTPGet }}:{{ .Port }}{{ end }} {{ end }}"))
                .isEqualTo("one:1 two ");
    }

    @Test
    void trimsWhiteSpaceBesideMinus() throws TemplateException {
        assertThat(render("a\n {{- if .Values.global.on }} b {{- else }} c {{- end }}\n{{- /* no */ -}} d"))
                .isEqualTo("a bd");
    }

    @Test
    void followsElseIf() throws TemplateException {
        assertThat(render("{{ if eq .Values.global.n 1 }}1{{ else if eq .Values.global.n 3 }}3{{ else }}?{{ end }}"))
                .isEqualTo("3");
    }

    @Test
    void pipesIntoTheLastArgument() throws TemplateException {
        assertThat(render("{{ index .ObjectMeta.Annotations `none` | default \"d-\" | trimSuffix \"-\" | quote }}"))
                .isEqualTo("\"d\"");
    }

    @Test
    void keepsVariablesOfOuterScopes() throws TemplateException {
        assertThat(render("{{ $l := list }}{{ range $i, $c := .Spec.Containers }}"
                        + "{{ $l = append $l (printf \"%d%s\" $i $c.Name) }}{{ end }}{{ join \",\" $l }}"))
                .isEqualTo("0one,1two");
    }

    @Test
    void goesThroughMapsInOrder() throws TemplateException {
        assertThat(render("{{ range $k, $v := .Values.global.map }}{{ $k }}={{ $v }};{{ end }}"))
                .isEqualTo("a=1;b=2;");
    }

    @Test
    void callsDefinedTemplates() throws TemplateException {
        assertThat(render("{{ define \"x\" }}<{{ .n }}>{{ end }}{{ template \"x\" .Values.global }}"))
                .isEqualTo("<3>");
    }

    @Test
    void readsFieldsOfParentheses() throws TemplateException {
        assertThat(render("{{ (index .Spec.Containers 1).Name }}")).isEqualTo("two");
    }

    @Test
    void indentsYaml() throws TemplateException {
        assertThat(render("m:{{ toYaml .Values.global.map | nindent 2 }}")).isEqualTo("m:\n  b: 2\n  a: 1");
    }

    @Test
    void refusesUnknownFunctionsByName() {
        assertThatThrownBy(() -> render("{{ env \"HOME\" }}"))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("'env' is not known");
    }

    @Test
    void refusesNumbersThatWouldFillTheHeap() {
        assertThatThrownBy(() -> render("{{ add \"1e999999999\" 1 }}"))
                .isInstanceOf(TemplateException.class)
                .hasMessageContaining("digits");
    }

    @Test
    void refusesWhatIsNotClosed() {
        assertThatThrownBy(() -> render("{{ if .Values }}")).hasMessageContaining("end is missing");
        assertThatThrownBy(() -> render("{{ .Values ")).hasMessageContaining("not closed");
    }

    @Test
    void endsTemplatesThatCallThemselves() {
        assertThatThrownBy(() -> render("{{ define \"x\" }}{{ template \"x\" . }}{{ end }}{{ template \"x\" . }}"))
                .hasMessageContaining("without an end");
    }

    private static String render(String template) throws TemplateException {
        return GoTemplate.parse(template).render(DATA);
    }
}
