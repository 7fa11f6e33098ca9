package dev.lateen.xds.client;

import java.util.Optional;

/// How the application is beside which a client runs.
///
/// @param unwell why it is not well; empty where it is
public record ApplicationHealth(Optional<String> unwell) {
    public static final ApplicationHealth WELL = new ApplicationHealth(Optional.empty());

    public static ApplicationHealth unwell(String reason) {
        return new ApplicationHealth(Optional.of(reason));
    }
}
