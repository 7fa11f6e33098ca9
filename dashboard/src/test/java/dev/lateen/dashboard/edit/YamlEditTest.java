package dev.lateen.dashboard.edit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class YamlEditTest {
    private static final String BLOCK = """
            # The routes of users.
            spec:
              hosts:
              - users
              http:
              # testers first
              - match:
                - headers: {version: {exact: v2}}
                route:
                - destination: {host: users, subset: v2}
              - route: # everybody else
                - destination:
                    host: users
                    subset: v1
                  weight: 90   # most
                - destination:
                    host: users
                    subset: v2
                  weight: 10
              # the end
            """;

    @Test
    void changesOneValueAndNoComment() {
        assertThat(YamlEdit.set(BLOCK, "spec.http.1.route.0.weight", YamlValue.of(50)))
                .contains(BLOCK.replace("weight: 90   # most", "weight: 50   # most"));
    }

    @Test
    void addsAFieldAtTheEndOfItsBlock() {
        assertThat(YamlEdit.set(BLOCK, "spec.http.1.timeout", YamlValue.of("5s")))
                .contains(BLOCK.replace("      weight: 10\n", "      weight: 10\n    timeout: 5s\n"));
    }

    @Test
    void addsWhatHasToBeAroundAField() {
        assertThat(YamlEdit.set(BLOCK, "spec.http.0.fault.delay.fixedDelay", YamlValue.of("2s")))
                .contains(BLOCK.replace(
                        "subset: v2}\n", "subset: v2}\n    fault:\n      delay:\n        fixedDelay: 2s\n"));
    }

    @Test
    void changesWhatStandsInBraces() {
        assertThat(YamlEdit.set(BLOCK, "spec.http.0.route.0.destination.subset", YamlValue.of("v3")))
                .contains(BLOCK.replace("{host: users, subset: v2}", "{host: users, subset: v3}"));
        assertThat(YamlEdit.set(BLOCK, "spec.http.0.route.0.destination.port.number", YamlValue.of(80)))
                .contains(BLOCK.replace("subset: v2}", "subset: v2, port: {number: 80}}"));
    }

    @Test
    void replacesABlockByAnother() {
        YamlValue route = YamlValue.items(
                List.of(YamlValue.fields("destination", YamlValue.fields("host", YamlValue.of("users")))));
        String changed = YamlEdit.set(BLOCK, "spec.http.1.route", route).orElseThrow();
        assertThat(changed)
                .contains("  - route:\n    - destination:\n        host: users\n  # the end\n")
                .contains("  # testers first\n")
                .doesNotContain("weight");
    }

    @Test
    void takesFieldsAway() {
        String more =
                YamlEdit.set(BLOCK, "spec.http.1.timeout", YamlValue.of("5s")).orElseThrow();
        assertThat(YamlEdit.remove(more, "spec.http.1.timeout")).contains(BLOCK);
        assertThat(YamlEdit.remove(BLOCK, "spec.http.1.timeout")).contains(BLOCK);
        assertThat(YamlEdit.remove(BLOCK, "spec.http.0.match").orElseThrow())
                .contains("  - route:\n    - destination: {host: users, subset: v2}\n");
        assertThat(YamlEdit.remove("a: {b: 1, c: 2}\n", "a.c")).contains("a: {b: 1}\n");
        assertThat(YamlEdit.remove("a: {b: 1, c: 2}\n", "a.b")).contains("a: {c: 2}\n");
    }

    @Test
    void appendsToLists() {
        assertThat(YamlEdit.set("a:\n- b\n# end\nc: d\n", "a.1", YamlValue.of("e")))
                .contains("a:\n- b\n- e\n# end\nc: d\n");
        assertThat(YamlEdit.set("a: [b]\n", "a.1", YamlValue.of("e"))).contains("a: [b, e]\n");
    }

    @Test
    void quotesWhatWouldBeSomethingElse() {
        assertThat(YamlEdit.set("a: b\n", "a", YamlValue.of("yes"))).contains("a: \"yes\"\n");
        assertThat(YamlEdit.set("a: 'b, c' # d\n", "a", YamlValue.of(1))).contains("a: 1 # d\n");
    }

    @Test
    void leavesAloneWhatItDoesNotUnderstand() {
        assertThat(YamlEdit.set("a: b\n  c\nd: e\n", "a", YamlValue.of("x"))).isEmpty();
        assertThat(YamlEdit.set("a: [\n", "a", YamlValue.of("x"))).isEmpty();
        assertThat(YamlEdit.set("x: &one {a: 1}\ny: *one\n", "y.a", YamlValue.of(2)))
                .isEmpty();
    }
}
