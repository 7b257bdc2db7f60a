package io.virtualwire.handoff;

import com.fasterxml.jackson.databind.JsonNode;

/** One running instance of a component, as a handoff sees it. Called on the owner thread; each call is one step of it. */
public interface ComponentInstance {

    /** Decides from now on what happens to frames, beginning with what another instance knew. */
    void startDeciding(JsonNode state);

    /** Decides nothing from now on, and says what it knew. */
    JsonNode stopDeciding();
}
