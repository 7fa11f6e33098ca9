package dev.lateen.model.policy;

import dev.lateen.model.istio.Bound;
import dev.lateen.model.istio.Reader;
import dev.lateen.model.resource.Metadata;
import dev.lateen.model.resource.RawResource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How many requests each consumer may make in a period of the calendar.
///
/// @param overrides other numbers, by the consumer's values in the order of `consumer`
/// @param shadow verdicts are reported, not enforced
public record Quota(
        Attached to,
        RequestMatch match,
        List<Key> consumer,
        Amount amount,
        Map<List<String>, Long> overrides,
        boolean shadow,
        ServiceLoss onServiceLoss) {
    public static Bound<Quota> bind(RawResource resource) {
        return Reader.spec(resource, in -> {
            Map<List<String>, Long> overrides = new LinkedHashMap<>();
            for (OtherNumber other : in.objects("overrides", OtherNumber::of)) {
                overrides.put(other.consumer, other.requests);
            }
            return new Quota(
                    Attached.of(resource, in),
                    in.object("match", RequestMatch::of).orElse(RequestMatch.ALL),
                    in.objects("consumer", Key::of),
                    Amount.of(in),
                    Map.copyOf(overrides),
                    in.flag("shadow"),
                    ServiceLoss.of(in.text("onServiceLoss", "")));
        });
    }

    public Metadata metadata() {
        return to.metadata();
    }

    public enum Period {
        HOUR,
        DAY,
        WEEK,
        MONTH,
        YEAR;

        /// Empty where no period has this name.
        public static Optional<Period> parse(String text) {
            for (Period period : values()) {
                if (period.name().equals(text)) {
                    return Optional.of(period);
                }
            }
            return Optional.empty();
        }
    }

    public record Amount(long requests, Period period, ZoneId zone) {
        static Amount of(Reader in) {
            return new Amount(
                    in.longInteger("requests").orElse(1),
                    Period.parse(in.text("period", "")).orElse(Period.HOUR),
                    in.text("timeZone")
                            .filter(z -> !z.isEmpty())
                            .map(ZoneId::of)
                            .orElse(ZoneOffset.UTC));
        }
    }

    private record OtherNumber(List<String> consumer, long requests) {
        static OtherNumber of(Reader in) {
            return new OtherNumber(
                    List.copyOf(in.texts("consumer")),
                    in.longInteger("requests").orElse(1));
        }
    }
}
