package dev.lateen.kubernetes.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.kubernetes.tree.Trees;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

final class SettingPathTest {
    @Test
    void setsAFieldAndMakesWhatIsOnTheWay() {
        assertThat(set("{}", "values.global.hub", "\"h\"")).isEqualTo(tree("{'values':{'global':{'hub':'h'}}}"));
    }

    @Test
    void takesADotBehindABackslashAsPartOfTheName() {
        assertThat(set("{}", "labels.app\\.kubernetes\\.io/name", "1"))
                .isEqualTo(tree("{'labels':{'app.kubernetes.io/name':1}}"));
    }

    @Test
    void findsAnItemByAFieldWithAndWithoutADotBeforeTheBracket() {
        for (String path : new String[] {"c.[name:b].image", "c[name:b].image"}) {
            assertThat(set("{'c':[{'name':'a'},{'name':'b'}]}", path, "'i'"))
                    .isEqualTo(tree("{'c':[{'name':'a'},{'name':'b','image':'i'}]}"));
        }
    }

    @Test
    void addsANamedItemThatIsMissing() {
        assertThat(set("{}", "c[name:b].enabled", "true")).isEqualTo(tree("{'c':[{'name':'b','enabled':true}]}"));
    }

    @Test
    void countsItemsFromEitherEnd() {
        assertThat(set("{'a':[1,2,3]}", "a[0]", "9")).isEqualTo(tree("{'a':[9,2,3]}"));
        assertThat(set("{'a':[1,2,3]}", "a[-1]", "9")).isEqualTo(tree("{'a':[1,2,9]}"));
        assertThat(set("{'a':[1,2,3]}", "a[3]", "9")).isEqualTo(tree("{'a':[1,2,3,9]}"));
    }

    @Test
    void refusesAPlaceFarBehindTheEnd() {
        assertThatThrownBy(() -> set("{'a':[1]}", "a[5]", "9"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the list has 1 items");
    }

    @Test
    void findsATextInAListByItsBeginning() {
        assertThat(set("{'args':['--a=1','--b=2']}", "args.[--b]", "'--b=3'"))
                .isEqualTo(tree("{'args':['--a=1','--b=3']}"));
    }

    @Test
    void removesWhatIsThereAndNothingElse() {
        ObjectNode object = tree("{'c':[{'name':'a'},{'name':'b','x':1}],'d':2}");
        SettingPath.parse("c[name:b].x").remove(object);
        SettingPath.parse("c[name:a]").remove(object);
        SettingPath.parse("nothing.here").remove(object);
        assertThat(object).isEqualTo(tree("{'c':[{'name':'b'}],'d':2}"));
    }

    @Test
    void refusesABracketThatIsNotClosed() {
        assertThatThrownBy(() -> SettingPath.parse("a[name:b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not closed");
    }

    private static ObjectNode set(String before, String path, String value) {
        ObjectNode object = tree(before);
        JsonNode parsed = Trees.parse(value.replace('\'', '"'));
        SettingPath.parse(path).set(object, parsed);
        return object;
    }

    private static ObjectNode tree(String json) {
        return (ObjectNode) Trees.parse(json.replace('\'', '"'));
    }
}
