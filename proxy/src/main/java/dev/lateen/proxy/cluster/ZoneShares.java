package dev.lateen.proxy.cluster;

import java.util.random.RandomGenerator;

/// What part of a proxy's requests stays in its zone, so that every host of the cluster gets the same from all proxies
/// together: all, where the zone has at least as large a share of the hosts as of the proxies; else as much as there is
/// room for, and the rest goes to zones with more hosts than proxies, by how much more.
///
/// Source: Envoy documentation, "Zone aware routing"; shares are counted in parts of 10,000, as there.
sealed interface ZoneShares {
    int WHOLE = 10_000;

    /// Zones do not count.
    enum None implements ZoneShares {
        /// Of the cluster, or of our own kind.
        FEWER_THAN_TWO_ZONES,
        /// None of our own kind is known to run where we run.
        NOT_AMONG_OUR_KIND,
        TOO_FEW_HOSTS
    }

    /// All stay.
    enum Direct implements ZoneShares {
        INSTANCE
    }

    /// @param local part that stays
    /// @param ends of the zones' slices of the rest; all 0 where nobody has room
    @SuppressWarnings("ArrayRecordComponent") // read on every pick, compared by nobody
    record Split(int local, int[] ends) implements ZoneShares {
        boolean staysWith(RandomGenerator random) {
            return random.nextInt(WHOLE) < local;
        }

        boolean hasRoom() {
            return ends[ends.length - 1] > 0;
        }

        /// The zone for a request that does not stay, where one has room.
        int other(RandomGenerator random) {
            int point = random.nextInt(ends[ends.length - 1]);
            int zone = 0;
            while (point >= ends[zone]) {
                zone++;
            }
            return zone;
        }
    }

    /// @param hosts of the cluster's first priority
    /// @param kind the hosts of the local cluster
    static ZoneShares of(ZoneCounts hosts, ZoneCounts kind, long minimum) {
        if (hosts.zones().size() < 2 || kind.zones().size() < 2) {
            return None.FEWER_THAN_TWO_ZONES;
        }
        if (!kind.hasOwn() || kind.healthy().getFirst() == 0) {
            return None.NOT_AMONG_OUR_KIND;
        }
        if (hosts.total() < minimum || hosts.total() == 0) {
            return None.TOO_FEW_HOSTS;
        }
        int[] room = hosts.shares(hosts.zones());
        int[] need = kind.shares(hosts.zones());
        if (hosts.hasOwn() && room[0] > 0 && room[0] >= need[0]) {
            return Direct.INSTANCE;
        }
        int first = hosts.hasOwn() ? 1 : 0;
        int local = hosts.hasOwn() && need[0] > 0 ? (int) ((long) room[0] * WHOLE / need[0]) : 0;
        int[] ends = new int[room.length];
        int end = 0;
        for (int zone = first; zone < room.length; zone++) {
            end += Math.max(0, room[zone] - need[zone]);
            ends[zone] = end;
        }
        return new Split(local, ends);
    }
}
