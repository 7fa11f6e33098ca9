package dev.lateen.proxy.cluster;

import com.google.protobuf.UInt32Value;
import dev.lateen.proxy.cluster.OutlierDetection.Consecutive;
import dev.lateen.proxy.cluster.OutlierDetection.Ejection;
import dev.lateen.proxy.cluster.OutlierDetection.FailurePercentage;
import dev.lateen.proxy.cluster.OutlierDetection.SuccessRate;
import dev.lateen.proxy.config.CommonDecoder;
import dev.lateen.proxy.config.Place;
import java.time.Duration;

/// Decodes OutlierDetection with Envoy's defaults.
final class OutlierDecoder {
    private static final int PERCENT = 100;

    private final io.envoyproxy.envoy.config.cluster.v3.OutlierDetection proto;
    private final Place at;

    private OutlierDecoder(io.envoyproxy.envoy.config.cluster.v3.OutlierDetection proto, Place at) {
        this.proto = proto;
        this.at = at;
    }

    static OutlierDetection decode(io.envoyproxy.envoy.config.cluster.v3.OutlierDetection proto, Place at) {
        return new OutlierDecoder(proto, at).decode();
    }

    private OutlierDetection decode() {
        OutlierDetection off = OutlierDetection.OFF;
        return new OutlierDetection(
                true,
                proto.hasInterval() ? positive(proto.getInterval(), "interval") : off.interval(),
                ejection(off.ejection()),
                consecutive(off.consecutive()),
                successRate(off.successRate()),
                failurePercentage(off.failurePercentage()),
                proto.getSplitExternalLocalOriginErrors(),
                !proto.hasSuccessfulActiveHealthCheckUnejectHost()
                        || proto.getSuccessfulActiveHealthCheckUnejectHost().getValue());
    }

    private Ejection ejection(Ejection off) {
        Duration base = proto.hasBaseEjectionTime()
                ? positive(proto.getBaseEjectionTime(), "base_ejection_time")
                : off.baseTime();
        Duration max =
                proto.hasMaxEjectionTime() ? positive(proto.getMaxEjectionTime(), "max_ejection_time") : off.maxTime();
        Duration jitter = proto.hasMaxEjectionTimeJitter()
                ? CommonDecoder.duration(proto.getMaxEjectionTimeJitter(), at.field("max_ejection_time_jitter"))
                : off.maxJitter();
        return new Ejection(
                base,
                max.compareTo(base) < 0 ? base : max,
                jitter,
                percent(
                        proto.hasMaxEjectionPercent(),
                        proto.getMaxEjectionPercent(),
                        off.maxPercent(),
                        "max_ejection_percent"),
                proto.getAlwaysEjectOneHost().getValue());
    }

    private Consecutive consecutive(Consecutive off) {
        return new Consecutive(
                count(proto.hasConsecutive5Xx(), proto.getConsecutive5Xx(), off.serverErrors()),
                percent(
                        proto.hasEnforcingConsecutive5Xx(),
                        proto.getEnforcingConsecutive5Xx(),
                        off.enforcingServerErrors(),
                        "enforcing_consecutive_5xx"),
                count(proto.hasConsecutiveGatewayFailure(), proto.getConsecutiveGatewayFailure(), off.gatewayErrors()),
                percent(
                        proto.hasEnforcingConsecutiveGatewayFailure(),
                        proto.getEnforcingConsecutiveGatewayFailure(),
                        off.enforcingGatewayErrors(),
                        "enforcing_consecutive_gateway_failure"),
                count(
                        proto.hasConsecutiveLocalOriginFailure(),
                        proto.getConsecutiveLocalOriginFailure(),
                        off.localFailures()),
                percent(
                        proto.hasEnforcingConsecutiveLocalOriginFailure(),
                        proto.getEnforcingConsecutiveLocalOriginFailure(),
                        off.enforcingLocalFailures(),
                        "enforcing_consecutive_local_origin_failure"));
    }

    private SuccessRate successRate(SuccessRate off) {
        return new SuccessRate(
                count(proto.hasSuccessRateMinimumHosts(), proto.getSuccessRateMinimumHosts(), off.minimumHosts()),
                count(proto.hasSuccessRateRequestVolume(), proto.getSuccessRateRequestVolume(), off.requestVolume()),
                count(proto.hasSuccessRateStdevFactor(), proto.getSuccessRateStdevFactor(), off.stdevFactor()),
                percent(
                        proto.hasEnforcingSuccessRate(),
                        proto.getEnforcingSuccessRate(),
                        off.enforcing(),
                        "enforcing_success_rate"),
                percent(
                        proto.hasEnforcingLocalOriginSuccessRate(),
                        proto.getEnforcingLocalOriginSuccessRate(),
                        off.enforcingLocalOrigin(),
                        "enforcing_local_origin_success_rate"));
    }

    private FailurePercentage failurePercentage(FailurePercentage off) {
        return new FailurePercentage(
                percent(
                        proto.hasFailurePercentageThreshold(),
                        proto.getFailurePercentageThreshold(),
                        off.threshold(),
                        "failure_percentage_threshold"),
                percent(
                        proto.hasEnforcingFailurePercentage(),
                        proto.getEnforcingFailurePercentage(),
                        off.enforcing(),
                        "enforcing_failure_percentage"),
                percent(
                        proto.hasEnforcingFailurePercentageLocalOrigin(),
                        proto.getEnforcingFailurePercentageLocalOrigin(),
                        off.enforcingLocalOrigin(),
                        "enforcing_failure_percentage_local_origin"),
                count(
                        proto.hasFailurePercentageMinimumHosts(),
                        proto.getFailurePercentageMinimumHosts(),
                        off.minimumHosts()),
                count(
                        proto.hasFailurePercentageRequestVolume(),
                        proto.getFailurePercentageRequestVolume(),
                        off.requestVolume()));
    }

    private Duration positive(com.google.protobuf.Duration duration, String field) {
        Duration decoded = CommonDecoder.duration(duration, at.field(field));
        at.field(field).require(!decoded.isZero(), "value: 0s (expected: above 0s)");
        return decoded;
    }

    private static int count(boolean set, UInt32Value value, int otherwise) {
        return set ? atMostInt(value) : otherwise;
    }

    private int percent(boolean set, UInt32Value value, int otherwise, String field) {
        int percent = count(set, value, otherwise);
        if (percent > PERCENT) {
            throw at.field(field).refuse(percent, "0 to 100");
        }
        return percent;
    }

    /// Numbers are unsigned on the wire; beyond what an int holds they mean "no limit" just as well.
    static int atMostInt(UInt32Value value) {
        return value.getValue() < 0 ? Integer.MAX_VALUE : value.getValue();
    }
}
