package dev.lateen.proxy.cluster;

/// Spreads load over priorities by how many of their hosts are available.
///
/// Source: Envoy documentation, "Priority levels", "Panic threshold" and "Degraded endpoints".
///
/// Thread: any (immutable).
///
/// @param healthy percent of all picks that go to healthy hosts, by priority
/// @param degraded percent that go to degraded hosts; both add up to 100
/// @param panic whether a priority uses all of its hosts
@SuppressWarnings("ArrayRecordComponent") // read on every pick, compared by nobody
record PriorityLoad(int[] healthy, int[] degraded, boolean[] panic) {
    private static final int FULL = 100;

    /// How many hosts of a priority are in which state.
    record Counts(int total, int healthy, int degraded) {
        static final Counts NONE = new Counts(0, 0, 0);

        boolean available() {
            return healthy + degraded > 0;
        }

        int healthyPercent(int overprovisioning) {
            return total == 0 ? 0 : (int) Math.min(FULL, (long) overprovisioning * healthy / total);
        }

        int degradedPercent(int overprovisioning) {
            return total == 0 ? 0 : (int) Math.min(FULL, (long) overprovisioning * degraded / total);
        }

        boolean below(double panicThreshold) {
            double available = total == 0 ? 0 : 100.0 * (healthy + degraded) / total;
            return available < panicThreshold;
        }
    }

    static PriorityLoad of(Counts[] priorities, int overprovisioning, double panicThreshold) {
        int[] healthy = new int[priorities.length];
        int[] degraded = new int[priorities.length];
        boolean[] panic = new boolean[priorities.length];
        if (priorities.length == 0) {
            return new PriorityLoad(healthy, degraded, panic);
        }
        int sum = 0;
        for (Counts counts : priorities) {
            sum += counts.healthyPercent(overprovisioning) + counts.degradedPercent(overprovisioning);
        }
        int available = Math.min(FULL, sum);
        if (available == 0 && panicThreshold == 0) {
            healthy[0] = FULL;
            return new PriorityLoad(healthy, degraded, panic);
        }
        boolean all = true;
        for (int index = 0; index < priorities.length; index++) {
            panic[index] = available < FULL && priorities[index].below(panicThreshold);
            all &= panic[index];
        }
        if (all) {
            byHostCount(priorities, healthy);
        } else {
            byAvailability(priorities, overprovisioning, available, healthy, degraded);
        }
        return new PriorityLoad(healthy, degraded, panic);
    }

    private static void byAvailability(
            Counts[] priorities, int overprovisioning, int available, int[] healthy, int[] degraded) {
        int left = FULL;
        int first = -1;
        int firstDegraded = -1;
        for (int index = 0; index < priorities.length; index++) {
            int percent = priorities[index].healthyPercent(overprovisioning);
            first = first < 0 && percent > 0 ? index : first;
            healthy[index] = Math.min(left, available == 0 ? 0 : percent * FULL / available);
            left -= healthy[index];
        }
        for (int index = 0; index < priorities.length; index++) {
            int percent = priorities[index].degradedPercent(overprovisioning);
            firstDegraded = firstDegraded < 0 && percent > 0 ? index : firstDegraded;
            degraded[index] = Math.min(left, available == 0 ? 0 : percent * FULL / available);
            left -= degraded[index];
        }
        // What rounding left over.
        if (first >= 0) {
            healthy[first] += left;
        } else if (firstDegraded >= 0) {
            degraded[firstDegraded] += left;
        } else {
            healthy[0] += left;
        }
    }

    private static void byHostCount(Counts[] priorities, int[] healthy) {
        int total = 0;
        for (Counts counts : priorities) {
            total += counts.total;
        }
        int left = FULL;
        int first = -1;
        for (int index = 0; index < priorities.length; index++) {
            healthy[index] = total == 0 ? 0 : FULL * priorities[index].total / total;
            first = first < 0 && priorities[index].total > 0 ? index : first;
            left -= healthy[index];
        }
        healthy[Math.max(0, first)] += left;
    }

    /// The priority for a hash (or random number): n for healthy hosts of priority n, -n - 1 for degraded ones.
    int choose(long hash) {
        long point = Long.remainderUnsigned(hash, FULL);
        long sum = 0;
        for (int index = 0; index < healthy.length; index++) {
            sum += healthy[index];
            if (point < sum) {
                return index;
            }
        }
        for (int index = 0; index < degraded.length; index++) {
            sum += degraded[index];
            if (point < sum) {
                return -index - 1;
            }
        }
        return 0;
    }
}
