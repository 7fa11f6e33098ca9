package dev.lateen.proxy.cluster;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/// Picks among the hosts of one group, on one event loop.
///
/// Thread: its event loop.
sealed interface Picker {
    /// @param hash of the request, for those who hash; the group is not empty
    Host pick(long hash);

    /// Where so many hosts would not do.
    default Host pickAgain(long hash, int times) {
        return pick(hash);
    }

    static Picker of(HostGroup group, LoadBalancing balancing) {
        return switch (balancing.policy()) {
            case LbPolicy.RoundRobin _ ->
                warming(
                        group,
                        balancing.slowStart(),
                        0,
                        group.equalWeights() ? new InTurn(group) : new Weighted(group, 0, SlowStart.NONE));
            case LbPolicy.LeastRequest(int choices, double bias) ->
                warming(
                        group,
                        balancing.slowStart(),
                        bias,
                        group.equalWeights()
                                ? new LeastOfSome(group, choices)
                                : new Weighted(group, bias, SlowStart.NONE));
            case LbPolicy.Random _, LbPolicy.ClusterProvided _ -> new AtRandom(group);
            case LbPolicy.RingHash _, LbPolicy.Maglev _ -> new ByHash(group.table(balancing));
        };
    }

    private static Picker warming(HostGroup group, SlowStart slowStart, double bias, Picker warm) {
        return slowStart.isOff() ? warm : new Warming(new Weighted(group, bias, slowStart), group, slowStart, warm);
    }

    /// Less for hosts that are new, until none is.
    final class Warming implements Picker {
        private final Weighted warming;
        private final Picker warm;
        private final long end;

        Warming(Weighted warming, HostGroup group, SlowStart slowStart, Picker warm) {
            this.warming = warming;
            this.warm = warm;
            long newest = group.host(0).since();
            for (int index = 1; index < group.size(); index++) {
                long since = group.host(index).since();
                newest = since - newest > 0 ? since : newest;
            }
            this.end = newest + slowStart.windowNanos();
        }

        @Override
        public Host pick(long hash) {
            return System.nanoTime() - end < 0 ? warming.pick(hash) : warm.pick(hash);
        }
    }

    /// One after the other, from a random start so that loops and proxies do not move in step.
    final class InTurn implements Picker {
        private final HostGroup group;
        private int next;

        InTurn(HostGroup group) {
            this.group = group;
            this.next = ThreadLocalRandom.current().nextInt(group.size());
        }

        @Override
        public Host pick(long hash) {
            Host host = group.host(next);
            next = next + 1 == group.size() ? 0 : next + 1;
            return host;
        }
    }

    final class AtRandom implements Picker {
        private final HostGroup group;

        AtRandom(HostGroup group) {
            this.group = group;
        }

        @Override
        public Host pick(long hash) {
            return group.host(ThreadLocalRandom.current().nextInt(group.size()));
        }
    }

    /// The least busy of a few random hosts.
    final class LeastOfSome implements Picker {
        private final HostGroup group;
        private final int choices;

        LeastOfSome(HostGroup group, int choices) {
            this.group = group;
            this.choices = choices;
        }

        @Override
        public Host pick(long hash) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            Host best = group.host(random.nextInt(group.size()));
            for (int choice = 1; choice < choices; choice++) {
                Host other = group.host(random.nextInt(group.size()));
                if (other.activeRequests() < best.activeRequests()) {
                    best = other;
                }
            }
            return best;
        }
    }

    /// Weighted shares by earliest deadline: each pick of a host puts its next turn off by 1 / weight. A binary heap of
    /// positions ordered by deadline. With a bias, busy hosts count as lighter; with slow start, new ones.
    final class Weighted implements Picker {
        private final HostGroup group;
        private final double bias;
        private final SlowStart slowStart;
        private final int[] heap;
        private final double[] deadlines;

        Weighted(HostGroup group, double bias, SlowStart slowStart) {
            this.group = group;
            this.bias = bias;
            this.slowStart = slowStart;
            this.heap = new int[group.size()];
            this.deadlines = new double[group.size()];
            Arrays.setAll(heap, index -> index);
            ThreadLocalRandom random = ThreadLocalRandom.current();
            for (int index = 0; index < heap.length; index++) {
                // Somewhere within its first turn: as if the wheel had been turning for long.
                deadlines[index] = random.nextDouble() / grown(group.host(index), index);
            }
            for (int index = heap.length / 2 - 1; index >= 0; index--) {
                siftDown(index);
            }
        }

        @Override
        public Host pick(long hash) {
            int chosen = heap[0];
            Host host = group.host(chosen);
            deadlines[chosen] += 1 / weight(host, chosen);
            siftDown(0);
            return host;
        }

        private double weight(Host host, int position) {
            double weight = grown(host, position);
            if (bias == 0) {
                return weight;
            }
            int active = host.activeRequests() + 1;
            return bias == 1 ? weight / active : weight / Math.pow(active, bias);
        }

        private double grown(Host host, int position) {
            int weight = group.weight(position);
            return slowStart.isOff() ? weight : weight * slowStart.factor(System.nanoTime() - host.since());
        }

        private void siftDown(int from) {
            int at = from;
            int moving = heap[at];
            while (2 * at + 1 < heap.length) {
                int child = 2 * at + 1;
                if (child + 1 < heap.length && deadlines[heap[child + 1]] < deadlines[heap[child]]) {
                    child++;
                }
                if (deadlines[heap[child]] >= deadlines[moving]) {
                    break;
                }
                heap[at] = heap[child];
                at = child;
            }
            heap[at] = moving;
        }
    }

    final class ByHash implements Picker {
        private final HashTable table;

        ByHash(HashTable table) {
            this.table = table;
        }

        @Override
        public Host pick(long hash) {
            return table.find(hash);
        }

        @Override
        public Host pickAgain(long hash, int times) {
            return table.findOther(hash, times);
        }
    }
}
