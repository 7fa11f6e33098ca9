package dev.lateen.cli.mesh;

import java.io.IOException;
import java.util.Optional;

/// An admin or debug API that can be asked.
///
/// Thread: any; blocks.
///
/// @param address `host:port`, as a URL has it
/// @param trouble what lies between here and there knows about failures
public record HttpPort(String address, Trouble trouble) {
    /// Tells why nothing came back.
    public interface Trouble {
        Optional<? extends IOException> reason();
    }

    /// One that is reached without help.
    public static HttpPort at(String address) {
        return new HttpPort(address, Optional::empty);
    }

    /// @throws IOException with the address and what to do when there is no answer or another than 200
    public String get(String path) throws IOException {
        return asked(() -> HttpText.get(address, path));
    }

    public String post(String path) throws IOException {
        return asked(() -> HttpText.post(address, path));
    }

    private interface Question {
        String ask() throws IOException;
    }

    private String asked(Question question) throws IOException {
        try {
            return question.ask();
        } catch (HttpText.OtherAnswer answer) {
            throw answer;
        } catch (IOException failure) {
            Optional<? extends IOException> reason = trouble.reason();
            throw reason.isPresent() ? reason.get() : failure;
        }
    }
}
