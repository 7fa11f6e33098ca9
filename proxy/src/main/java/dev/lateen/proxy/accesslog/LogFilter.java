package dev.lateen.proxy.accesslog;

import dev.lateen.proxy.config.Fraction;
import dev.lateen.proxy.config.HeaderMatcher;
import dev.lateen.proxy.config.MetadataMatcher;
import dev.lateen.proxy.expression.Expression;
import dev.lateen.proxy.expression.Surroundings;
import dev.lateen.proxy.stream.GrpcStatus;
import dev.lateen.proxy.stream.ResponseFlag;
import dev.lateen.proxy.stream.StreamInfo;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Which requests are logged.
///
/// Source: envoy.config.accesslog.v3.AccessLogFilter.
///
/// Thread: any (immutable).
public sealed interface LogFilter {
    boolean accepts(StreamInfo info, Surroundings around);

    enum All implements LogFilter {
        INSTANCE;

        @Override
        public boolean accepts(StreamInfo info, Surroundings around) {
            return true;
        }
    }

    enum Comparison {
        EQUAL,
        AT_LEAST,
        AT_MOST;

        boolean holds(long value, long bound) {
            return switch (this) {
                case EQUAL -> value == bound;
                case AT_LEAST -> value >= bound;
                case AT_MOST -> value <= bound;
            };
        }
    }

    record StatusCode(Comparison comparison, int bound) implements LogFilter {
        @Override
        public boolean accepts(StreamInfo info, Surroundings around) {
            return comparison.holds(info.status, bound);
        }
    }

    /// @param boundMillis milliseconds
    record Duration(Comparison comparison, long boundMillis) implements LogFilter {
        private static final long NANOS_PER_MILLI = 1_000_000;

        @Override
        public boolean accepts(StreamInfo info, Surroundings around) {
            long millis = info.endNanos == 0 ? 0 : (info.endNanos - info.startNanos) / NANOS_PER_MILLI;
            return comparison.holds(millis, boundMillis);
        }
    }

    /// All but requests that the health-check filter answered.
    enum NotHealthCheck implements LogFilter {
        INSTANCE;

        @Override
        public boolean accepts(StreamInfo info, Surroundings around) {
            return !"health_check_ok".equals(info.details) && !"health_check_failed".equals(info.details);
        }
    }

    /// A random share.
    record Sampled(Fraction share) implements LogFilter {
        @Override
        public boolean accepts(StreamInfo info, Surroundings around) {
            return share.draw(ThreadLocalRandom.current());
        }
    }

    record Header(HeaderMatcher matcher) implements LogFilter {
        @Override
        public boolean accepts(StreamInfo info, Surroundings around) {
            return info.request != null && matcher.matches(info.request);
        }
    }

    /// What filters of the request have noted.
    ///
    /// @param whereMissing what is said where nothing is noted at this place
    record Metadata(MetadataMatcher matcher, boolean whereMissing) implements LogFilter {
        @Override
        public boolean accepts(StreamInfo info, Surroundings around) {
            Object found = info.metadata(matcher.namespace(), matcher.path());
            return found == null ? whereMissing : matcher.matches(found);
        }
    }

    /// Any of these flags; any at all where the set is empty.
    record Flags(Set<ResponseFlag> flags) implements LogFilter {
        @Override
        public boolean accepts(StreamInfo info, Surroundings around) {
            if (flags.isEmpty()) {
                return !info.flags().isEmpty();
            }
            for (ResponseFlag flag : flags) {
                if (info.has(flag)) {
                    return true;
                }
            }
            return false;
        }
    }

    record GrpcStatusIs(Set<Integer> statuses, boolean exclude) implements LogFilter {
        @Override
        public boolean accepts(StreamInfo info, Surroundings around) {
            return statuses.contains(GrpcStatus.of(info)) != exclude;
        }
    }

    /// A CEL condition; one that cannot be decided holds for nothing. Source: `ExpressionFilter`.
    record Condition(Expression expression) implements LogFilter {
        @Override
        public boolean accepts(StreamInfo info, Surroundings around) {
            return Boolean.TRUE.equals(expression.evaluate(info, around));
        }
    }

    record And(List<LogFilter> filters) implements LogFilter {
        @Override
        public boolean accepts(StreamInfo info, Surroundings around) {
            for (int index = 0; index < filters.size(); index++) {
                if (!filters.get(index).accepts(info, around)) {
                    return false;
                }
            }
            return true;
        }
    }

    record Or(List<LogFilter> filters) implements LogFilter {
        @Override
        public boolean accepts(StreamInfo info, Surroundings around) {
            for (int index = 0; index < filters.size(); index++) {
                if (filters.get(index).accepts(info, around)) {
                    return true;
                }
            }
            return false;
        }
    }
}
