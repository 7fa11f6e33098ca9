package dev.lateen.e2e.policy;

import dev.lateen.e2e.behaviour.DataPlane;
import dev.lateen.e2e.behaviour.TokenIssuer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Makes generated callers' connections to one data plane and compares what they get with what the policies say.
/// A process of its own, so that it can live in a network namespace where the callers' addresses are.
///
/// Its status is 0 where every verdict agreed.
final class WireRun {
    private static final int SETS_OF_A_PROXY = 20;
    private static final int CALLERS_OF_A_SET = 50;
    private static final int CLIENTS = 4;
    private static final PolicyModel MODEL =
            new PolicyModel("default", "istio-system", List.of("new.example", "old.example"));
    private static final String TOKENS = """
            apiVersion: security.istio.io/v1
            kind: RequestAuthentication
            metadata: {name: tokens, namespace: default}
            spec:
              selector: {matchLabels: {app: shop}}
              jwtRules:
              - {issuer: "https://a.test", jwks: '%1$s'}
              - {issuer: "https://b.test", jwks: '%1$s'}
            """;

    private record Outcome(Caller caller, boolean wanted, boolean got) {}

    private final DataPlane plane;
    private final boolean addresses;
    private final Generator generator;
    private final Identities identities;
    private final WireCall call;
    private final String tokens;
    private int pairs;
    private int allowed;
    private int wrong;

    private WireRun(DataPlane plane, boolean addresses, long seed) throws Exception {
        this.plane = plane;
        this.addresses = addresses;
        this.generator = new Generator(new Random(seed));
        this.identities = new Identities(Files.createTempDirectory("policies-"));
        TokenIssuer issuer = TokenIssuer.create("one");
        this.call = new WireCall(identities, issuer);
        this.tokens = TOKENS.formatted(issuer.keys());
    }

    /// @param arguments data plane, pairs, seed, whether the callers' addresses are this machine's
    public static void main(String[] arguments) throws Exception {
        int pairs = Integer.parseInt(arguments[1]);
        long seed = Long.parseLong(arguments[2]);
        WireRun run = new WireRun(DataPlane.valueOf(arguments[0]), Boolean.parseBoolean(arguments[3]), seed);
        long began = System.nanoTime();
        run.ask(pairs);
        System.out.printf(
                "%s, seed %d%s: %d pairs, %d allowed, %d wrong, %d s%n",
                run.plane,
                seed,
                run.addresses ? "" : ", all callers from 127.0.0.1",
                run.pairs,
                run.allowed,
                run.wrong,
                (System.nanoTime() - began) / 1_000_000_000L);
        // A verdict that hardly ever comes would test nothing.
        boolean both = run.allowed > run.pairs / 5 && run.allowed < run.pairs * 4 / 5;
        System.exit(run.wrong == 0 && both ? 0 : 1);
    }

    private void ask(int wanted) throws Exception {
        try (TcpEcho echo = TcpEcho.start();
                ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            while (pairs < wanted) {
                int sets = Math.min(SETS_OF_A_PROXY, (wanted - pairs + CALLERS_OF_A_SET - 1) / CALLERS_OF_A_SET);
                List<List<WrittenPolicy>> policies = new ArrayList<>();
                for (int set = 0; set < sets; set++) {
                    policies.add(generator.policies());
                }
                try (PolicyProxy proxy =
                        PolicyProxy.start(plane, policies, tokens, identities, echo.port(), addresses)) {
                    for (int set = 0; set < sets; set++) {
                        askAbout(policies.get(set), set, proxy, clients);
                    }
                }
            }
        }
    }

    private void askAbout(List<WrittenPolicy> policies, int set, PolicyProxy proxy, ExecutorService clients)
            throws InterruptedException, ExecutionException {
        List<Future<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < CALLERS_OF_A_SET; i++) {
            Caller caller = caller();
            boolean wanted = MODEL.allows(policies, caller);
            outcomes.add(clients.submit(() -> new Outcome(caller, wanted, proxy.allows(call, set, caller))));
        }
        for (Future<Outcome> future : outcomes) {
            Outcome outcome = future.get();
            pairs++;
            allowed += outcome.wanted() ? 1 : 0;
            if (outcome.got() != outcome.wanted()) {
                wrong++;
                System.out.printf(
                        "%s should %s %s by:%n%s%n",
                        plane, outcome.wanted() ? "allow" : "refuse", outcome.caller(), text(policies));
            }
        }
    }

    private Caller caller() {
        Caller caller = generator.caller();
        while (!WireCall.canBeMade(caller)) {
            caller = generator.caller();
        }
        return addresses ? caller : caller.directlyFrom("127.0.0.1");
    }

    private static String text(List<WrittenPolicy> policies) {
        return String.join("---\n", policies.stream().map(WrittenPolicy::yaml).toList());
    }
}
