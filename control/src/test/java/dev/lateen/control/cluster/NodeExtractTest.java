package dev.lateen.control.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.kubernetes.tree.Trees;
import org.junit.jupiter.api.Test;

final class NodeExtractTest {
    @Test
    void keepsWhereItStandsAndNothingThatChangesByItself() {
        assertThat(NodeExtract.of(Trees.parseObject("""
                        {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "a", "resourceVersion": "7",
                          "labels": {"topology.kubernetes.io/zone": "eu-a"}, "annotations": {"volumes": "1"}},
                         "status": {"addresses": [{"type": "ExternalIP", "address": "2.2.2.2"}], "conditions": [{"type": "Ready", "lastHeartbeatTime": "2026-11-27T08:00:00Z"}]}}
                        """).orElseThrow())).hasToString("""
                {"apiVersion":"v1","kind":"Node","metadata":{"name":"a","labels":{"topology.kubernetes.io/zone":"eu-a"}},\
                "status":{"addresses":[{"type":"ExternalIP","address":"2.2.2.2"}]}}""");
    }
}
