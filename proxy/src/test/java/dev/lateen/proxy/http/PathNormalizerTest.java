package dev.lateen.proxy.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lateen.proxy.http.HttpConnectionManagerConfig.PathRules;
import dev.lateen.proxy.http.HttpConnectionManagerConfig.PathRules.EscapedSlashes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathNormalizerTest {
    @ParameterizedTest
    @CsvSource({
        "/a/./b, /a/b",
        "/a/../b?x=/../y, /b?x=/../y",
        "/../../etc, /etc",
        "/a//b, /a/b",
        "/%61%2e%2E/b, /a../b",
        "/a/%2e%2e/b, /b",
        "/a%2fb/./c, /a%2fb/c",
        "/a/..;x=1/b, /b",
        "/a/.;/b, /a/b",
        "/a\\b, /a/b",
        "/a/%2%65%2%65/b, /a/%252e%252e/b",
        "/a%%32fb, /a%252fb",
    })
    void bringsPathsToOneForm(String path, String expected) {
        PathNormalizer normalizer = new PathNormalizer(new PathRules(true, true, EscapedSlashes.KEEP));
        assertThat(normalizer.normalize(path)).isEqualTo(new PathNormalizer.Outcome.Changed(expected));
    }

    @Test
    void leavesOrdinaryPathsAlone() {
        PathNormalizer normalizer = new PathNormalizer(new PathRules(true, true, EscapedSlashes.KEEP));
        assertThat(normalizer.normalize("/a/b.c?d=//e")).isSameAs(PathNormalizer.Outcome.UNCHANGED);
    }

    @Test
    void refusesEscapedSlashesWhereToldTo() {
        PathNormalizer normalizer = new PathNormalizer(new PathRules(false, false, EscapedSlashes.REJECT));
        assertThat(normalizer.normalize("/a%2Fb")).isSameAs(PathNormalizer.Outcome.REFUSED);
    }
}
