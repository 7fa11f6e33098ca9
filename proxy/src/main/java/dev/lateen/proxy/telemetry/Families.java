package dev.lateen.proxy.telemetry;

import java.io.IOException;

/// Where metrics are written to, family by family: what begins one is followed by its samples.
sealed interface Families permits FamilyWriter, ProtobufFamilies {
    /// Begins a family of counters.
    ///
    /// @param alone whether no other family has the name without its suffix, which is the family's in OpenMetrics
    void counters(String name, String help, boolean alone) throws IOException;

    void gauges(String name, String help) throws IOException;

    void histograms(String name, String help) throws IOException;

    /// @param labels as the text format has them
    void sample(String name, String labels, long value) throws IOException;

    void histogram(String name, String labels, Distribution distribution) throws IOException;

    /// Nothing more comes.
    void flush() throws IOException;
}
