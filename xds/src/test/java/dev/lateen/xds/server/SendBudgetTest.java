package dev.lateen.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SendBudgetTest {
    private final SendBudget budget = new SendBudget(100);
    private final List<String> served = new ArrayList<>();

    @Test
    void servesThoseThatWaitInTheirOrderAsFarAsThereIsRoom() {
        budget.take(150);
        budget.await(() -> takes("first", 60));
        budget.await(() -> takes("second", 60));
        budget.await(() -> takes("third", 60));
        assertThat(budget.isFree()).isFalse();

        budget.giveBack(150);

        assertThat(served).containsExactly("first", "second");
    }

    @Test
    void servesAllWhenEachGivesBackAtOnce() {
        budget.take(100);
        budget.await(() -> {
            takes("first", 100);
            budget.giveBack(100);
        });
        budget.await(() -> takes("second", 100));

        budget.giveBack(100);

        assertThat(served).containsExactly("first", "second");
    }

    private void takes(String who, long bytes) {
        served.add(who);
        budget.take(bytes);
    }
}
