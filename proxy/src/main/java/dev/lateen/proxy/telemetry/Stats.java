package dev.lateen.proxy.telemetry;

import dev.lateen.proxy.config.Decoded;
import dev.lateen.proxy.config.Refusal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongSupplier;

/// All numbers of the process by name. Numbers come into being when they are first asked for.
///
/// Thread: any.
public final class Stats {
    static final String NATIVE_HISTOGRAMS = "LATEEN_NATIVE_HISTOGRAMS";

    private final ConcurrentSkipListMap<String, Counter> counters = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<String, Counter> gauges = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<String, LongSupplier> computed = new ConcurrentSkipListMap<>();
    private final ConcurrentSkipListMap<String, Histogram> histograms = new ConcurrentSkipListMap<>();

    private final Map<String, Tag> tags = new ConcurrentHashMap<>();
    private final IstioRegistry istio;

    private final boolean natively;
    private volatile String version = "";

    public Stats() {
        this(SeriesBudget.DEFAULT_LABEL_SETS);
    }

    /// @param labelSets how many Istio's metrics may have; what is above counts as `other`
    Stats(int labelSets) {
        this(labelSets, false);
    }

    private Stats(int labelSets, boolean natively) {
        this.natively = natively;
        Counter folded = counter("lateen.metrics_folded_total");
        Counter evicted = counter("lateen.metrics_evicted_total");
        this.istio = new IstioRegistry(new SeriesBudget(labelSets, folded, evicted, System::nanoTime));
        computedGauge("lateen.metrics_label_sets", istio::size);
    }

    /// With limits that a process's environment sets.
    public static Decoded<Stats> of(Map<String, String> environment) {
        return SeriesBudget.of(environment).map(labelSets -> new Stats(labelSets, natively(environment)));
    }

    private static boolean natively(Map<String, String> environment) {
        String text = environment.getOrDefault(NATIVE_HISTOGRAMS, "false");
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default ->
                throw new Refusal(
                        "environment variable " + NATIVE_HISTOGRAMS + ": '" + text + "' (expected: true or false)");
        };
    }

    /// Whether collectors that take messages get native histograms without asking for them.
    public boolean natively() {
        return natively;
    }

    /// Retires label sets of Istio's metrics that were not used since the last call. Call on one thread.
    public void evictUnused() {
        istio.sweep();
    }

    /// Retires label sets that were not used since the last call where others had no room. Call on the same thread.
    public void makeRoom() {
        istio.makeRoom();
    }

    /// What `istio_build` says; empty where it is not shown.
    public String version() {
        return version;
    }

    public void version(String text) {
        version = text;
    }

    /// How Prometheus shows names with this beginning: without what varies, which becomes labels.
    ///
    /// @param family such as `cluster`
    /// @param labels as they are written, such as `envoy_cluster_name="a"`
    record Tag(String family, String labels) {
        static Tag of(String family, String... namesAndValues) {
            StringBuilder labels = new StringBuilder();
            for (int index = 0; index < namesAndValues.length; index += 2) {
                IstioLabels.label(namesAndValues[index], namesAndValues[index + 1], labels);
            }
            return new Tag(family, labels.toString());
        }
    }

    /// @param prefix such as `cluster.a.`
    /// @param namesAndValues of labels, in turns
    public void tag(String prefix, String family, String... namesAndValues) {
        tags.put(prefix, Tag.of(family, namesAndValues));
    }

    Map<String, Tag> tags() {
        return tags;
    }

    IstioRegistry istio() {
        return istio;
    }

    /// @param name in Envoy's dotted form, such as `cluster.a.upstream_rq_total`
    public Counter counter(String name) {
        return counters.computeIfAbsent(name, Counter::new);
    }

    public Counter gauge(String name) {
        return gauges.computeIfAbsent(name, Counter::new);
    }

    /// Of durations in milliseconds or sizes in bytes, in Envoy's default buckets.
    public Histogram histogram(String name) {
        return histograms.computeIfAbsent(name, Histogram::new);
    }

    /// A gauge whose value is asked for when somebody looks.
    public void computedGauge(String name, LongSupplier value) {
        computed.put(name, value);
    }

    public Map<String, Counter> counters() {
        return counters;
    }

    public Map<String, Counter> gauges() {
        return gauges;
    }

    public Map<String, LongSupplier> computedGauges() {
        return computed;
    }

    public Map<String, Histogram> histograms() {
        return histograms;
    }

    /// All counters start from zero again.
    public void resetCounters() {
        counters.values().forEach(Counter::reset);
    }

    /// Forgets what belongs to something that is gone, such as `cluster.a.`.
    public void removeAll(String prefix) {
        String end = prefix + Character.MAX_VALUE;
        counters.subMap(prefix, end).clear();
        gauges.subMap(prefix, end).clear();
        tags.remove(prefix);
        computed.subMap(prefix, end).clear();
        histograms.subMap(prefix, end).clear();
    }
}
