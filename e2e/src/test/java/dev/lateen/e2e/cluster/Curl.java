package dev.lateen.e2e.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Requests by `curl`, and what came back of them.
final class Curl {
    private static final String FORMAT = "%{http_code}|%header{x-version}|%header{x-trace}|%{time_total}\\n";

    /// @param status 0 where there was no answer
    /// @param version of the user service, empty where it did not answer
    /// @param trace that the user service saw
    record Answer(int status, String version, String trace, double seconds) {}

    private Curl() {}

    /// @param options of curl's, such as headers
    static Answer once(String url, String... options) throws IOException, InterruptedException {
        return times(1, url, options).getFirst();
    }

    static List<Answer> times(int times, String url, String... options) throws IOException, InterruptedException {
        List<String> words =
                new ArrayList<>(List.of("curl", "-sS", "--max-time", "20", "-o", "/dev/null", "-w", FORMAT));
        words.addAll(List.of(options));
        words.add(url + (times == 1 ? "" : (url.contains("?") ? "&" : "?") + "n=[1-" + times + "]"));
        // An empty header is printed with the CR that ends it.
        List<Answer> answers = Kubectl.command(words, "")
                .replace("\r", "")
                .lines()
                .map(line -> line.split("\\|"))
                .filter(fields -> fields.length == 4)
                .map(fields ->
                        new Answer(Integer.parseInt(fields[0]), fields[1], fields[2], Double.parseDouble(fields[3])))
                .toList();
        if (answers.size() != times) {
            throw new IOException(answers.size() + " answers to " + times + " requests for " + url);
        }
        return answers;
    }
}
