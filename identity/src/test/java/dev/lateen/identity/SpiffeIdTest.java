package dev.lateen.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SpiffeIdTest {
    @Test
    void readsWhatItWrites() {
        SpiffeId id = new SpiffeId("cluster.local", "shop", "user-service");

        assertThat(SpiffeId.parse(id.uri())).contains(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "spiffe://",
                "https://td/ns/a/sa/b",
                "SPIFFE://td/ns/a/sa/b",
                "spiffe://td/ns/a/sa/",
                "spiffe://td/ns//sa/b",
                "spiffe://td/ns/a/sa/b/",
                "spiffe://td/ns/a/sa/b/c",
                "spiffe://td:80/ns/a/sa/b",
                "spiffe://user@td/ns/a/sa/b",
                "spiffe://td/ns/a/sa/b?x=y",
                "spiffe://td/ns/a/sa/b#f",
                "spiffe://td/ns/%61/sa/b",
                "spiffe://td/ns/../sa/b",
                "spiffe://TD/ns/a/sa/b",
                "spiffe:///ns/a/sa/b",
                "spiffe://td/sa/b/ns/a",
                " spiffe://td/ns/a/sa/b"
            })
    void refusesEveryOtherForm(String uri) {
        assertThat(SpiffeId.parse(uri)).isEmpty();
    }

    @Test
    void refusesToBeMadeOfPartsThatItCouldNotReadBack() {
        assertThatThrownBy(() -> new SpiffeId("td", "a/sa/root", "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("namespace");
    }
}
