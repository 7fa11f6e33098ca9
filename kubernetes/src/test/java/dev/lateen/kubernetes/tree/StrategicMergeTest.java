package dev.lateen.kubernetes.tree;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class StrategicMergeTest {
    @Test
    void mergesContainersByName() {
        assertThat(merged(
                        "{'containers':[{'name':'a','image':'x'}]}",
                        "{'containers':[{'name':'b'},{'name':'a','env':[{'name':'E','value':'1'}]}]}"))
                .isEqualTo(tree(
                        "{'containers':[{'name':'b'},{'name':'a','image':'x','env':[{'name':'E','value':'1'}]}]}"));
    }

    @Test
    void keepsWhatOnlyTheBaseHasBeforeItsFollower() {
        assertThat(merged(
                        "{'env':[{'name':'FIRST'},{'name':'B'},{'name':'LAST'}]}",
                        "{'env':[{'name':'A'},{'name':'B'}]}"))
                .isEqualTo(tree("{'env':[{'name':'A'},{'name':'FIRST'},{'name':'B'},{'name':'LAST'}]}"));
    }

    @Test
    void replacesListsWithoutAKey() {
        assertThat(merged("{'args':['a','b']}", "{'args':['c']}")).isEqualTo(tree("{'args':['c']}"));
    }

    @Test
    void removesWhatThePatchSaysNullTo() {
        assertThat(merged("{'a':1,'b':2}", "{'a':null}")).isEqualTo(tree("{'b':2}"));
    }

    @Test
    void removesItemsThatThePatchDeletes() {
        assertThat(merged(
                        "{'containers':[{'name':'a'},{'name':'b'}]}",
                        "{'containers':[{'name':'a','$patch':'delete'}]}"))
                .isEqualTo(tree("{'containers':[{'name':'b'}]}"));
    }

    private static JsonNode merged(String base, String patch) {
        return StrategicMerge.merge((ObjectNode) tree(base), (ObjectNode) tree(patch));
    }

    private static JsonNode tree(String json) {
        return Trees.parse(json.replace('\'', '"'));
    }
}
