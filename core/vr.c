/* vr.c: what PS3.5 table 6.2-1 says of each VR (dataset.h). */
#include "dcmchain/dataset.h"

bool dcmchain_vr_uses_charset(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_LO:
    case DCMCHAIN_VR_LT:
    case DCMCHAIN_VR_PN:
    case DCMCHAIN_VR_SH:
    case DCMCHAIN_VR_ST:
    case DCMCHAIN_VR_UC:
    case DCMCHAIN_VR_UT:
        return true;
    default:
        return false;
    }
}

bool dcmchain_vr_is_text(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_AE:
    case DCMCHAIN_VR_AS:
    case DCMCHAIN_VR_CS:
    case DCMCHAIN_VR_DA:
    case DCMCHAIN_VR_DS:
    case DCMCHAIN_VR_DT:
    case DCMCHAIN_VR_IS:
    case DCMCHAIN_VR_TM:
    case DCMCHAIN_VR_UI:
    case DCMCHAIN_VR_UR:
        return true;
    default:
        return dcmchain_vr_uses_charset(vr);
    }
}

bool dcmchain_vr_is_multi_valued(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_LT:
    case DCMCHAIN_VR_ST:
    case DCMCHAIN_VR_UR:
    case DCMCHAIN_VR_UT:
        return false;
    default:
        return dcmchain_vr_is_text(vr);
    }
}

uint32_t dcmchain_vr_max_characters(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_AS:
        return 4;
    case DCMCHAIN_VR_DA:
        return 8;
    case DCMCHAIN_VR_IS:
        return 12;
    case DCMCHAIN_VR_TM:
        return 14;
    case DCMCHAIN_VR_AE:
    case DCMCHAIN_VR_CS:
    case DCMCHAIN_VR_DS:
    case DCMCHAIN_VR_SH:
        return 16;
    case DCMCHAIN_VR_DT:
        return 26;
    case DCMCHAIN_VR_LO:
    case DCMCHAIN_VR_PN:
    case DCMCHAIN_VR_UI:
        return 64;
    case DCMCHAIN_VR_ST:
        return 1024;
    case DCMCHAIN_VR_LT:
        return 10240;
    default:
        return 0;
    }
}
