package dev.lateen.kubernetes.tree;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class JsonPatchTest {
    @Test
    void saysNothingWhereNothingDiffers() {
        assertThat(patch("{'a':{'b':1}}", "{'a':{'b':1}}")).isEqualTo("[]");
    }

    @Test
    void addsReplacesAndRemovesWhereItDiffers() {
        assertThat(patch("{'a':{'gone':1,'old':1}}", "{'a':{'old':2,'new':[3]}}"))
                .isEqualTo("[{'op':'remove','path':'/a/gone'},{'op':'replace','path':'/a/old','value':2},"
                        + "{'op':'add','path':'/a/new','value':[3]}]");
    }

    @Test
    void escapesNamesInPaths() {
        assertThat(patch("{'m':{}}", "{'m':{'istio.io/rev~x':'y'}}"))
                .isEqualTo("[{'op':'add','path':'/m/istio.io~1rev~0x','value':'y'}]");
    }

    private static String patch(String before, String after) {
        return JsonPatch.between(object(before), object(after)).toString().replace('"', '\'');
    }

    private static ObjectNode object(String json) {
        return (ObjectNode) Trees.parse(json.replace('\'', '"'));
    }
}
