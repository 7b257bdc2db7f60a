package io.virtualwire.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What connectors of the release before, and of the one after, answer: clients of this one read it. */
class AnswersOfOtherReleasesTest {
    private static final String FIRST_HEALTH =
            "{'status':'ok','identity':'acme/hosta','instance':'1','version':'0.1.0','dataPort':7471,"
                    + "'addresses':['192.0.2.1'],'endpoints':1,'wires':2,'problems':[]";

    @Test
    void theFirstReleaseDoesNotSayWhetherItDrains() throws Exception {
        ConnectorHealth health = read(FIRST_HEALTH + "}", ConnectorHealth.class);
        assertThat(health.draining()).isFalse();
        assertThat(health.wires()).isEqualTo(2);
    }

    @Test
    void aLaterReleaseSaysMore() throws Exception {
        assertThat(read(FIRST_HEALTH + ",'draining':true,'mood':{'good':true}}", ConnectorHealth.class)
                        .draining())
                .isTrue();
        ConnectorVersion version = read(
                "{'version':'2.0','api':['v1','v2'],'wireProtocol':2,'features':['from-the-future'],'build':'x'}",
                ConnectorVersion.class);
        assertThat(version.api()).contains("v1");
        assertThat(version.features()).containsExactly("from-the-future");
    }

    @Test
    void nothingIsSaidOfFeaturesByWhoeverHasNone() throws Exception {
        ConnectorVersion version =
                read("{'version':'0.1.0','api':['v1'],'wireProtocol':1,'features':[]}", ConnectorVersion.class);
        assertThat(version.features()).isEmpty();
    }

    private static <T> T read(String json, Class<T> type) throws Exception {
        return ApiJson.lenient().readValue(json.replace('\'', '"'), type);
    }
}
