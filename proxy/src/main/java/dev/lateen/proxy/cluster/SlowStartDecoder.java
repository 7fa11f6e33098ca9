package dev.lateen.proxy.cluster;

import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Place;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.RuntimeDouble;
import io.envoyproxy.envoy.extensions.load_balancing_policies.common.v3.SlowStartConfig;
import io.envoyproxy.envoy.type.v3.Percent;

/// Decodes `slow_start_config`, of clusters and of policies that are extensions.
final class SlowStartDecoder {
    private SlowStartDecoder() {}

    static SlowStart decode(Cluster.SlowStartConfig config, Place policy) {
        Place at = policy.field("slow_start_config");
        return !config.hasSlowStartWindow()
                ? SlowStart.NONE
                : SlowStart.of(
                        CommonDecoder.duration(config.getSlowStartWindow(), at.field("slow_start_window")),
                        aggression(config.hasAggression(), config.getAggression(), at),
                        minimum(config.hasMinWeightPercent(), config.getMinWeightPercent(), at));
    }

    static SlowStart decode(SlowStartConfig config, Place policy) {
        Place at = policy.field("slow_start_config");
        return !config.hasSlowStartWindow()
                ? SlowStart.NONE
                : SlowStart.of(
                        CommonDecoder.duration(config.getSlowStartWindow(), at.field("slow_start_window")),
                        aggression(config.hasAggression(), config.getAggression(), at),
                        minimum(config.hasMinWeightPercent(), config.getMinWeightPercent(), at));
    }

    private static double aggression(boolean has, RuntimeDouble aggression, Place at) {
        double value = has ? aggression.getDefaultValue() : 1;
        if (!(value > 0)) {
            throw at.field("aggression.default_value").refuse(value, "above 0");
        }
        return value;
    }

    private static double minimum(boolean has, Percent percent, Place at) {
        double value = has ? percent.getValue() / 100 : SlowStart.DEFAULT_MINIMUM;
        if (!(value >= 0 && value <= 1)) {
            throw at.field("min_weight_percent.value").refuse(percent.getValue(), "0 to 100");
        }
        return value;
    }
}
