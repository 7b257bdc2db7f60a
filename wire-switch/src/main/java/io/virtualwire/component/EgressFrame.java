package io.virtualwire.component;

import io.virtualwire.forwarding.EgressForm;
import io.virtualwire.frame.TagEditor;
import io.virtualwire.port.InProcessPort;

/**
 * One frame on its way out of a switch, in each of the two forms it may leave in; the form that it did not come in is made
 * once, when the first port needs it.
 */
final class EgressFrame {
    private static final int NOT_MADE = 0;

    private final TagEditor withTag = new TagEditor();
    private final TagEditor withoutTag = new TagEditor();
    private byte[] bytes = new byte[0];
    private int offset;
    private int length;
    private int tag;
    private int vlan;
    private int taggedLength;
    private int untaggedLength;

    /**
     * Moves to the frame that came in as these bytes.
     *
     * @param ingressTag as {@link io.virtualwire.frame.EthernetFrame#tag}
     * @param inVlan the VLAN that it is in; 0 for none
     */
    void wrap(byte[] ingressBytes, int ingressOffset, int ingressLength, int ingressTag, int inVlan) {
        bytes = ingressBytes;
        offset = ingressOffset;
        length = ingressLength;
        tag = ingressTag;
        vlan = inVlan;
        taggedLength = NOT_MADE;
        untaggedLength = NOT_MADE;
    }

    /**
     * Sends it out of the port in this form.
     *
     * @return false if it cannot have this form
     */
    boolean send(InProcessPort port, EgressForm form) {
        /* A frame in no VLAN stays as it came, with its priority if that is what its tag is for. */
        boolean asItCame = form == EgressForm.TAGGED ? tag == vlan : tag < 0 || vlan == 0;
        if (asItCame) {
            port.send(bytes, offset, length);
            return true;
        }
        return form == EgressForm.TAGGED ? sendTagged(port) : sendUntagged(port);
    }

    private boolean sendTagged(InProcessPort port) {
        if (taggedLength == NOT_MADE) {
            taggedLength =
                    tag < 0 ? withTag.push(bytes, offset, length, vlan) : withTag.rename(bytes, offset, length, vlan);
        }
        return send(port, withTag, taggedLength);
    }

    private boolean sendUntagged(InProcessPort port) {
        if (untaggedLength == NOT_MADE) {
            untaggedLength = withoutTag.pop(bytes, offset, length);
        }
        return send(port, withoutTag, untaggedLength);
    }

    private static boolean send(InProcessPort port, TagEditor made, int madeLength) {
        if (madeLength == TagEditor.IMPOSSIBLE) {
            return false;
        }
        port.send(made.bytes(), 0, madeLength);
        return true;
    }
}
