package dev.lateen.e2e.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// 100,000 pairs of policies and callers. `-Dlateen.seed=N` repeats a run.
class PoliciesAgreeTest {
    private static final int SETS = 2_000;
    private static final int CALLERS = 50;
    private static final PolicyModel MODEL =
            new PolicyModel("default", "istio-system", List.of("new.example", "old.example"));

    @Test
    void theProxyEnforcesAndPeopleAreToldWhatPoliciesSay() throws Exception {
        long seed = Long.getLong("lateen.seed", 20_261_125L);
        Generator generator = new Generator(new Random(seed));
        int allowed = 0;
        for (int set = 0; set < SETS; set++) {
            List<WrittenPolicy> policies = generator.policies();
            CompiledPolicies compiled = new CompiledPolicies(policies);
            for (int i = 0; i < CALLERS; i++) {
                Caller caller = generator.caller();
                boolean wanted = MODEL.allows(policies, caller);
                if (compiled.allows(caller) != wanted || compiled.saysAllowed(caller) != wanted) {
                    fail(
                            "seed %d, set %d: should %s %s, is told %s, by:%n%s",
                            seed,
                            set,
                            wanted ? "allow" : "refuse",
                            caller,
                            compiled.saysAllowed(caller),
                            text(policies));
                }
                allowed += wanted ? 1 : 0;
            }
        }
        // Neither verdict may be so rare that nothing is tested.
        assertThat(allowed).isBetween(SETS * CALLERS / 5, SETS * CALLERS * 4 / 5);
    }

    private static String text(List<WrittenPolicy> policies) {
        return String.join("---\n", policies.stream().map(WrittenPolicy::yaml).toList());
    }
}
