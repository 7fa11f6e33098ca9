package dev.lateen.kubernetes.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.tree.Trees;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ValidationHookTest {
    private static final String GOOD = "{'apiVersion':'networking.istio.io/v1','kind':'VirtualService',"
            + "'metadata':{'name':'a','namespace':'shop','uid':'1','generation':3,"
            + "'creationTimestamp':'2026-01-01T00:00:00Z','resourceVersion':'7',"
            + "'managedFields':[{'manager':'kubectl','operation':'Update','fieldsV1':{'f:spec':{}}}]},"
            + "'spec':{'hosts':['a'],'http':[{'route':[{'destination':{'host':'a'}}]}]}}";

    @Test
    void allowsWhatIsWellFormedWithoutAWord() {
        JsonNode response = ask(GOOD, "CREATE");
        assertThat(Trees.flag(response, "allowed")).isTrue();
        assertThat(response.path("warnings")).isEmpty();
    }

    @Test
    void refusesErrorsWithPlaceAndAdvice() {
        JsonNode response = ask(GOOD.replace("'route'", "'timeuot':'1s','route'"), "CREATE");
        assertThat(Trees.flag(response, "allowed")).isFalse();
        assertThat(Trees.text(response, "status", "message"))
                .contains("VirtualService a: ", "spec.http[0].timeuot", "did you mean 'timeout'?");
    }

    @Test
    void letsGoWhatIsBeingDeleted() {
        String broken = GOOD.replace("'http'", "'htpp'");
        assertThat(Trees.flag(ask(broken, "UPDATE"), "allowed")).isFalse();
        assertThat(Trees.flag(ask(broken, "DELETE"), "allowed")).isTrue();
        String leaving = broken.replace("'uid'", "'deletionTimestamp':'2026-01-01T00:00:00Z','uid'");
        assertThat(Trees.flag(ask(leaving, "UPDATE"), "allowed")).isTrue();
    }

    @Test
    void allowsKindsThatItDoesNotKnow() {
        assertThat(Trees.flag(
                        ask("{'apiVersion':'x.example/v1','kind':'X','metadata':{'name':'a'}}", "CREATE"), "allowed"))
                .isTrue();
    }

    private static JsonNode ask(String object, String operation) {
        AdmissionRequest request =
                AdmissionRequest.read(Reviews.text(object, operation)).orElseThrow();
        return Trees.parse(new ValidationHook().answer(request)).path("response");
    }
}
