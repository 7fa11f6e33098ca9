package dev.lateen.model.validate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.model.diagnostic.Diagnostic;
import dev.lateen.model.diagnostic.Severity;
import dev.lateen.model.tree.Position;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyKindRulesTest {
    private static List<Diagnostic> findings(String kind, String spec) {
        String text = "apiVersion: policy.lateen.dev/v1alpha1\nkind: " + kind + "\nmetadata: {name: it}\nspec: " + spec;
        return ResourceReader.create().read(text, "f.yaml").getFirst().diagnostics();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RateLimit | {rules: [{limit: {requests: 1, window: 1s}}]}",
                "RateLimit | {rules: [{keys: [{identity: {}}, {clientIp: {}}], limit: {requests: 1, window: 24h, burst: 5}}]}",
                "RateLimit | {scope: MESH, onServiceLoss: DENY, rules: [{limit: {requests: 1, window: 1m, algorithm: SLIDING_WINDOW}}]}",
                "RateLimit | {rules: [{match: {hosts: ['*.example.com'], paths: ['/a/{id}/{**}', '/b/*']}, limit: {requests: 1, window: 1s}}]}",
                "RateLimit | {rules: [{match: {routes: [checkout, search]}, limit: {requests: 1, window: 1s}}]}",
                "Quota | {consumer: [{jwtClaim: '[realm][tenant]'}], requests: 5, period: YEAR, timeZone: Asia/Tokyo}",
                "Quota | {consumer: [{header: x-api-key}], requests: 5, period: DAY, overrides: [{consumer: [a], requests: 9}]}",
                "AccessList | {action: DENY, ipBlocks: [10.1.2.3, 'fd00::/8'], principals: ['cluster.local/ns/a/sa/*']}",
                "AccessList | {sources: [{file: lists/a.txt, refreshInterval: 1s}, {url: 'https://a.example/l', holds: HEADER_VALUES, header: x-k}]}",
            })
    void takesWhatIsGood(String kind, String spec) {
        assertThat(findings(kind, spec)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RateLimit | {rules: []} | spec.rules | missing-required",
                "RateLimit | {rules: [{}]} | spec.rules[0].limit | missing-required",
                "RateLimit | {rules: [{limit: {requests: 0, window: 1s}}]} | spec.rules[0].limit.requests | out-of-range",
                "RateLimit | {rules: [{limit: {requests: 1, window: 500ms}}]} | spec.rules[0].limit.window | out-of-range",
                "RateLimit | {rules: [{limit: {requests: 1, window: 25h}}]} | spec.rules[0].limit.window | out-of-range",
                "RateLimit | {rules: [{limit: {requests: 1, window: 1s, algorithm: SLIDING_WINDOW}}]} | spec.rules[0].limit.algorithm | unsupported",
                "RateLimit | {scope: MESH, rules: [{limit: {requests: 1, window: 1s, algorithm: SLIDING_WINDOW, burst: 2}}]} | spec.rules[0].limit.burst | conflict",
                "RateLimit | {rules: [{keys: [{}], limit: {requests: 1, window: 1s}}]} | spec.rules[0].keys[0] | missing-required",
                "RateLimit | {rules: [{keys: [{header: a, constant: b}], limit: {requests: 1, window: 1s}}]} | spec.rules[0].keys[0].constant | oneof",
                "RateLimit | {rules: [{keys: [{header: 'a b'}], limit: {requests: 1, window: 1s}}]} | spec.rules[0].keys[0].header | bad-header",
                "RateLimit | {rules: [{match: {routes: ['']}, limit: {requests: 1, window: 1s}}]} | spec.rules[0].match.routes[0] | bad-format",
                "RateLimit | {rules: [{match: {paths: ['/a?b']}, limit: {requests: 1, window: 1s}}]} | spec.rules[0].match.paths[0] | bad-format",
                "RateLimit | {rules: [{match: {paths: ['/a/x{id}']}, limit: {requests: 1, window: 1s}}]} | spec.rules[0].match.paths[0] | bad-format",
                "RateLimit | {rules: [{match: {hosts: ['a.example:80']}, limit: {requests: 1, window: 1s}}]} | spec.rules[0].match.hosts[0] | bad-host",
                "RateLimit | {rules: [{match: {headers: {x: {regex: '('}}}, limit: {requests: 1, window: 1s}}]} | spec.rules[0].match.headers.x.regex | bad-regex",
                "Quota | {consumer: [], requests: 5, period: DAY} | spec.consumer | missing-required",
                "Quota | {consumer: [{identity: {}}], requests: 5} | spec.period | missing-required",
                "Quota | {consumer: [{identity: {}}], requests: 5, period: DAY, timeZone: Europe/Berln} | spec.timeZone | bad-format",
                "Quota | {consumer: [{identity: {}}], requests: 5, period: DAY, overrides: [{consumer: [a, b], requests: 1}]} | spec.overrides[0].consumer | conflict",
                "AccessList | {ipBlocks: [10.1.2.300]} | spec.ipBlocks[0] | bad-address",
                "AccessList | {principals: ['spiffe://a/ns/b/sa/c']} | spec.principals[0] | bad-format",
                "AccessList | {sources: [{file: ../../etc/shadow}]} | spec.sources[0].file | bad-format",
                "AccessList | {sources: [{file: /etc/shadow}]} | spec.sources[0].file | bad-format",
                "AccessList | {sources: [{url: 'ftp://a.example/l'}]} | spec.sources[0].url | bad-format",
                "AccessList | {sources: [{file: a, url: 'https://a.example/l'}]} | spec.sources[0].url | oneof",
                "AccessList | {sources: [{file: a, holds: HEADER_VALUES}]} | spec.sources[0].header | missing-required",
                "AccessList | {sources: [{file: a, refreshInterval: 10ms}]} | spec.sources[0].refreshInterval | out-of-range",
            })
    void refusesWhatIsNot(String kind, String spec, String path, String code) {
        assertThat(findings(kind, spec)).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.ERROR);
            assertThat(finding.path()).isEqualTo(path);
            assertThat(finding.code()).isEqualTo(code);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "AccessList | {} | empty-list",
                "RateLimit | {onServiceLoss: DENY, rules: [{limit: {requests: 1, window: 1s}}]} | no-effect",
            })
    void warnsOfWhatMeansNothing(String kind, String spec, String code) {
        assertThat(findings(kind, spec)).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Severity.WARNING);
            assertThat(finding.code()).isEqualTo(code);
        });
    }

    @Test
    void saysWhatWasMeantByAMisspeltField() {
        assertThat(findings("RateLimit", "{rules: [{limit: {request: 1, window: 1s}}]}"))
                .anySatisfy(finding -> {
                    assertThat(finding.at()).isEqualTo(new Position("f.yaml", 4, 25));
                    assertThat(finding.advice()).isEqualTo("did you mean 'requests'?");
                });
    }

    @Test
    void saysWhatWasMeantByAMisspeltTimeZone() {
        assertThat(findings("Quota", "{consumer: [{identity: {}}], requests: 5, period: DAY, timeZone: Europe/Berln}"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.advice()).isEqualTo("did you mean 'Europe/Berlin'?"));
    }

    @Test
    void saysWhichKindWasMeant() {
        assertThat(findings("RateLimits", "{}"))
                .singleElement()
                .satisfies(finding -> assertThat(finding.advice()).isEqualTo("did you mean 'RateLimit'?"));
    }
}
