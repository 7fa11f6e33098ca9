package dev.lateen.kubernetes.tree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.source.YamlDocument;
import dev.lateen.model.source.YamlLimits;
import dev.lateen.model.source.YamlReader;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class YamlTextTest {
    private static final JsonNode TRICKY = Trees.parse("""
        {"a":[{"b":"yes","c":[]},"x: y",["n",1,true,null]],"d":"two\\nlines\\n","e":{},"f":"","g":" s","h":"0x1",
         "i":"a\\n\\nb","j":"*","k":"- q","l":"#c","m":"-i","n":"\\ttab\\nx","o":["a\\nb"]}
        """);

    @Test
    void readsBackAsWritten() {
        YamlDocument document = new YamlReader(YamlLimits.DEFAULT)
                .read(YamlText.write(TRICKY), "t")
                .getFirst();
        assertThat(document).isInstanceOf(YamlDocument.Read.class);
        assertThat(Trees.of(((YamlDocument.Read) document).root())).isEqualTo(TRICKY);
    }

    @Test
    void writesBlocksAndPlainWords() {
        assertThat(YamlText.write(
                        Trees.parse("{\"args\":[\"proxy\",\"--x=y\"],\"image\":\"a/b:1\",\"t\":\"l1\\nl2\"}")))
                .isEqualTo("args:\n- proxy\n- \"--x=y\"\nimage: a/b:1\nt: |-\n  l1\n  l2\n");
    }
}
