package dev.lateen.control.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lateen.identity.SpiffeId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JoinTokensTest {
    @TempDir
    private Path directory;

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void knowsItsOwnTokensAcrossRestarts() throws IOException {
        String token = open("key").issue("shop", "user", Duration.ofHours(1));

        assertThat(open("key").authenticate(token))
                .isEqualTo(new TokenVerdict.Known(new SpiffeId("cluster.local", "shop", "user")));
    }

    @Test
    void refusesATokenOfAnotherKey() throws IOException {
        String token = open("other").issue("shop", "user", Duration.ofHours(1));

        assertThat(open("key").authenticate(token)).isInstanceOf(TokenVerdict.Unknown.class);
    }

    @Test
    void refusesChangedClaims() throws IOException {
        String token = open("key").issue("shop", "user", Duration.ofHours(1));
        String[] parts = token.split("\\.");
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8)
                .replace("shop:user", "shop:root");
        String forged = parts[0] + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8)) + "."
                + parts[2];

        assertThat(open("key").authenticate(forged)).isInstanceOf(TokenVerdict.Unknown.class);
    }

    @Test
    void refusesATokenWithoutSignature() throws IOException {
        String token = open("key").issue("shop", "user", Duration.ofHours(1));
        String none = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8));

        assertThat(open("key").authenticate(none + "." + token.split("\\.")[1] + "."))
                .isInstanceOf(TokenVerdict.Unknown.class);
    }

    @Test
    void refusesAnExpiredToken() throws IOException {
        String token = open("key").issue("shop", "user", Duration.ofHours(1));

        now = now.plus(Duration.ofMinutes(62));

        assertThat(open("key").authenticate(token)).isInstanceOf(TokenVerdict.Unknown.class);
    }

    @Test
    void bindsATokenToAPod() throws IOException {
        SpiffeId id = new SpiffeId("cluster.local", "shop", "user");

        String token = open("key").issue(id, "user-1", Duration.ofMinutes(5)).token();

        assertThat(open("key").authenticate(token)).isEqualTo(new TokenVerdict.Known(id, "user-1"));
    }

    @Test
    void refusesATokenThatWasTakenBackWhileItRuns() throws IOException {
        JoinTokens tokens = open("key");
        JoinTokens.Issued issued = tokens.issue(new SpiffeId("cluster.local", "shop", "user"), "", Duration.ofHours(1));
        JoinTokens.Issued other = tokens.issue(new SpiffeId("cluster.local", "shop", "user"), "", Duration.ofHours(1));

        JoinTokens.revoke(directory.resolve("key"), issued.id());

        assertThat(tokens.authenticate(issued.token()))
                .isEqualTo(new TokenVerdict.Unknown("token: " + issued.id() + " was taken back"));
        assertThat(tokens.authenticate(other.token())).isInstanceOf(TokenVerdict.Known.class);
        assertThatThrownBy(() -> JoinTokens.revoke(directory.resolve("key"), "..\n"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void believesTheKeyBeforeTheLastNoMore() throws IOException {
        JoinTokens tokens = open("key");
        String first = tokens.issue("shop", "user", Duration.ofHours(1));

        JoinTokens.rotateKey(directory.resolve("key"));

        assertThat(tokens.authenticate(first)).isInstanceOf(TokenVerdict.Known.class);
        assertThat(tokens.authenticate(open("key").issue("shop", "user", Duration.ofHours(1))))
                .isInstanceOf(TokenVerdict.Known.class);

        JoinTokens.rotateKey(directory.resolve("key"));

        assertThat(tokens.authenticate(first)).isInstanceOf(TokenVerdict.Unknown.class);
    }

    @Test
    void showsNoToken() throws IOException {
        JoinTokens.Issued issued =
                open("key").issue(new SpiffeId("cluster.local", "shop", "user"), "", Duration.ofHours(1));

        assertThat(issued.toString()).doesNotContain(issued.token());
    }

    @Test
    void keepsItsKeyToTheOwner() throws IOException {
        open("key");

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("key"))))
                .isEqualTo("rw-------");
    }

    private JoinTokens open(String file) throws IOException {
        return JoinTokens.open(directory.resolve(file), "cluster.local", () -> now);
    }
}
