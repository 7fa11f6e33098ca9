package dev.lateen.kubernetes.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.tree.Trees;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class DroppedWebhooksTest {
    @Test
    void takesOutWhatIsToBeThereNoMore() {
        assertThat(DroppedWebhooks.patch(configuration("a", "b", "c"), configuration("b", "d")))
                .contains("[{\"op\":\"test\",\"path\":\"/webhooks/2/name\",\"value\":\"c\"},"
                        + "{\"op\":\"remove\",\"path\":\"/webhooks/2\"},"
                        + "{\"op\":\"test\",\"path\":\"/webhooks/0/name\",\"value\":\"a\"},"
                        + "{\"op\":\"remove\",\"path\":\"/webhooks/0\"}]");
    }

    @Test
    void changesNothingWhereAllStay() {
        assertThat(DroppedWebhooks.patch(configuration("a"), configuration("a", "b")))
                .isEmpty();
    }

    private static ObjectNode configuration(String... names) {
        List<ObjectNode> webhooks =
                Stream.of(names).map(name -> Trees.object("name", name)).toList();
        return Trees.object("webhooks", Trees.array(webhooks));
    }
}
