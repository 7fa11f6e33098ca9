package dev.lateen.proxy.cluster;

import dev.lateen.proxy.stream.Addresses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// A table of consistent hashing: the same hash finds the same host while the hosts stay, and few hashes move when they
/// change.
///
/// Source: Envoy documentation, "Ring hash" and "Maglev"; hashes are xxHash64 of the host's key, as there.
///
/// Differs: a host that leaves a ring takes its own keys along and no others.
///
/// Thread: any (immutable).
sealed interface HashTable {
    Host find(long hash);

    /// For a retry that should find another host. As in Envoy it may come upon the same one: the table does not search.
    ///
    /// @param times how many hosts were found in vain, at least 1
    Host findOther(long hash, int times);

    static HashTable of(HostGroup group, LoadBalancing balancing) {
        return switch (balancing.policy()) {
            case LbPolicy.Maglev(int tableSize) -> MaglevTable.of(group, balancing, tableSize);
            case LbPolicy.RingHash(int minSize, int maxSize) -> HashRing.of(group, balancing, minSize, maxSize);
            case LbPolicy.RoundRobin _, LbPolicy.LeastRequest _, LbPolicy.Random _, LbPolicy.ClusterProvided _ ->
                throw new IllegalStateException("no hashing policy");
        };
    }

    /// What stands for the host: `envoy.lb` → `hash_key` of its metadata, its hostname, or its address.
    static String key(Host host, LoadBalancing balancing) {
        EndpointConfig config = host.config();
        String key = config.metadata().text("envoy.lb", "hash_key");
        if (key != null) {
            return key;
        }
        return balancing.hashByHostname() && !config.hostname().isEmpty()
                ? config.hostname()
                : Addresses.text(host.address());
    }

    /// Points on a circle; a hash belongs to the next point.
    final class HashRing implements HashTable {
        /// Of one host; more would not spread keys noticeably better.
        private static final int MOST_POINTS = 8192;
        private static final int BOUND = 32;
        private static final int STEP = 4;

        private final long[] points;
        private final Host[] owners;

        private HashRing(long[] points, Host[] owners) {
            this.points = points;
            this.owners = owners;
        }

        static HashRing of(HostGroup group, LoadBalancing balancing, int minSize, int maxSize) {
            double unit = pointsOfAWeight(group, minSize, maxSize);
            record Point(long hash, Host owner) {}
            List<Point> ring = new ArrayList<>();
            for (int index = 0; index < group.size(); index++) {
                String key = key(group.host(index), balancing);
                long count = Math.max(1, Math.round(unit * group.weight(index)));
                for (int point = 0; point < count; point++) {
                    ring.add(new Point(XxHash64.hash(key + "_" + point, 0), group.host(index)));
                }
            }
            ring.sort((one, other) -> Long.compareUnsigned(one.hash, other.hash));
            long[] points = new long[ring.size()];
            Host[] owners = new Host[ring.size()];
            for (int index = 0; index < points.length; index++) {
                points[index] = ring.get(index).hash;
                owners[index] = ring.get(index).owner;
            }
            return new HashRing(points, owners);
        }

        /// The number of a host's points stays when others come and go, except where the sum of all weights passes 32,
        /// 128, 512 and so on: a number that followed the hosts would move the keys of those that stay.
        private static double pointsOfAWeight(HostGroup group, int minSize, int maxSize) {
            long total = 0;
            for (int index = 0; index < group.size(); index++) {
                total += group.weight(index);
            }
            double unit = Math.min(minSize, MOST_POINTS);
            for (long bound = BOUND; total > bound; bound *= STEP) {
                unit /= STEP;
            }
            return Math.min(unit, (double) maxSize / total);
        }

        int size() {
            return points.length;
        }

        @Override
        public Host find(long hash) {
            return owners[position(hash)];
        }

        /// The owner of a point further on, to whom the keys would fall if the host were not there.
        @Override
        public Host findOther(long hash, int times) {
            return owners[(position(hash) + times) % points.length];
        }

        private int position(long hash) {
            int low = 0;
            int high = points.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (Long.compareUnsigned(points[middle], hash) < 0) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return low == points.length ? 0 : low;
        }
    }

    /// A table that hosts fill in turn, each in an order of its own.
    final class MaglevTable implements HashTable {
        private final Host[] table;

        private MaglevTable(Host[] table) {
            this.table = table;
        }

        static MaglevTable of(HostGroup group, LoadBalancing balancing, int size) {
            int hosts = group.size();
            // In the order of their keys: whoever knows the same hosts has the same table.
            Integer[] order = new Integer[hosts];
            Arrays.setAll(order, index -> index);
            Arrays.sort(order, Comparator.comparing(index -> key(group.host(index), balancing)));
            long[] offset = new long[hosts];
            long[] skip = new long[hosts];
            long[] next = new long[hosts];
            double[] filled = new double[hosts];
            int heaviest = 1;
            for (int index = 0; index < hosts; index++) {
                String key = key(group.host(index), balancing);
                offset[index] = Long.remainderUnsigned(XxHash64.hash(key, 0), size);
                skip[index] = Long.remainderUnsigned(XxHash64.hash(key, 1), size - 1L) + 1;
                heaviest = Math.max(heaviest, group.weight(index));
            }
            Host[] table = new Host[size];
            int entries = 0;
            for (long round = 1; entries < size; round++) {
                for (int turn = 0; turn < hosts && entries < size; turn++) {
                    int index = order[turn];
                    // A lighter host sits out rounds in proportion.
                    if ((double) round * group.weight(index) / heaviest < filled[index]) {
                        continue;
                    }
                    filled[index]++;
                    int place = (int) ((offset[index] + skip[index] * next[index]) % size);
                    while (table[place] != null) {
                        next[index]++;
                        place = (int) ((offset[index] + skip[index] * next[index]) % size);
                    }
                    table[place] = group.host(index);
                    next[index]++;
                    entries++;
                }
            }
            return new MaglevTable(table);
        }

        @Override
        public Host find(long hash) {
            return table[(int) Long.remainderUnsigned(hash, table.length)];
        }

        @Override
        public Host findOther(long hash, int times) {
            return find(hash ^ -(long) times);
        }
    }
}
