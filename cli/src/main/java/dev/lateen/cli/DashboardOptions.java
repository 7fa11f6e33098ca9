package dev.lateen.cli;

import dev.lateen.control.dashboard.DashboardSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What the dashboard of a control plane may do, and whom it asks.
final class DashboardOptions {
    @Option(
            names = "--read-only",
            description = "Let nothing be changed through the dashboard (or LATEEN_DASHBOARD_READ_ONLY=true).",
            defaultValue = "${env:LATEEN_DASHBOARD_READ_ONLY:-false}")
    private boolean readOnly;

    @Option(
            names = "--zipkin",
            paramLabel = "URL",
            description = "Where the dashboard finds traces: Zipkin, or what answers its API (or LATEEN_ZIPKIN).",
            defaultValue = "${env:LATEEN_ZIPKIN:-" + Option.NULL_VALUE + "}")
    private @Nullable URI zipkin;

    @Option(
            names = "--jaeger",
            paramLabel = "URL",
            description = "The same: Jaeger, at its query service (or LATEEN_JAEGER); asked where there is no Zipkin.",
            defaultValue = "${env:LATEEN_JAEGER:-" + Option.NULL_VALUE + "}")
    private @Nullable URI jaeger;

    @Option(
            names = "--prometheus",
            paramLabel = "URL",
            description = "Where the dashboard finds what was longer ago than an hour (or LATEEN_PROMETHEUS).",
            defaultValue = "${env:LATEEN_PROMETHEUS:-" + Option.NULL_VALUE + "}")
    private @Nullable URI prometheus;

    @Option(
            names = "--idle-interval",
            paramLabel = "SECONDS",
            description = "How often the numbers of all proxies are collected while nobody looks at the dashboard, so"
                    + " that it can show what was before; 0 for never (default: 15, or"
                    + " LATEEN_DASHBOARD_IDLE_INTERVAL).",
            defaultValue = "${env:LATEEN_DASHBOARD_IDLE_INTERVAL:-15}")
    private int idleInterval = 15;

    /// @throws IllegalArgumentException where a value is out of its range
    DashboardSettings settings() {
        return new DashboardSettings(
                readOnly,
                Optional.ofNullable(zipkin),
                Optional.ofNullable(jaeger),
                Optional.ofNullable(prometheus),
                Duration.ofSeconds(idleInterval));
    }
}
