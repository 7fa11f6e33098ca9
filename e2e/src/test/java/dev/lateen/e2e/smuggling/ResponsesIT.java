package dev.lateen.e2e.smuggling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Responses that might be taken for more, or less, than one: each client gets one answer to each of its requests, and
/// nobody gets what was meant for somebody else.
class ResponsesIT {
    @Test
    void everyClientGetsItsOwnAnswer() {
        List<Attack> attacks = Corpus.responses();
        assertThat(attacks).hasSizeGreaterThan(60);
        List<String> findings = new ArrayList<>();
        try (Responder responder = new Responder(attacks);
                Relay relay = Relay.to(List.of(responder))) {
            int port = relay.patientPort(responder);
            for (Attack attack : attacks) {
                check(attack, port, findings);
            }
        }
        assertThat(findings).isEmpty();
    }

    private static void check(Attack attack, int port, List<String> findings) {
        String method = attack.text().split(" \\| ", 2)[0];
        String request = method + " /" + attack.token() + " HTTP/1.1\r\nhost: a\r\n\r\n";
        String answer = Http1Client.exchange(port, request + Http1Client.get(attack.sentinel()));
        String own = new Seen("GET", attack.sentinel(), "").answer();
        List<String> responses = Responder.split(method, answer);
        boolean cut = attack.expected() == 0;
        boolean right = cut
                ? responses.size() == 1 && !answer.contains(own)
                : responses.size() == 2
                        && responses.getFirst().startsWith("HTTP/1.1 " + attack.expected() + " ")
                        && responses.getLast().endsWith("\r\n\r\n" + own);
        if (!right || answer.contains("poison") || answer.endsWith("HUNG")) {
            findings.add(attack + ": " + answer);
        }
        String after = Http1Client.exchange(port, Http1Client.get(attack.after()));
        if (!after.endsWith("\r\n\r\n" + new Seen("GET", attack.after(), "").answer())) {
            findings.add(attack + ": the next client got: " + after);
        }
    }
}
