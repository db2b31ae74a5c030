// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#pragma once

#include <penstock/aws/access_point.hpp>

#include <penstock/aws/arn.hpp>
#include <penstock/aws/detail/host_name.hpp>
#include <penstock/aws/region.hpp>

#include <string>

namespace penstock::aws {

PENSTOCK_DECL result<access_point> parse_access_point(std::string_view text) {
    const auto bad = [text](errc code, std::string message, std::string hint) {
        error_detail d;
        d.bucket = text;
        d.message = std::move(message);
        d.hint = std::move(hint);
        return failure{code, std::move(d)};
    };
    const auto quoted = [](std::string_view part) { return "'" + printable(part, 64) + "'"; };
    const std::string form = "write arn:aws:s3:REGION:ACCOUNT:accesspoint/NAME";

    const auto found = parse_arn(text);
    if (!found) return bad(errc::invalid_option, "not an ARN: a part is missing", form);
    const auto& resource = found->resource;
    if (found->service == "s3-outposts" || found->service == "s3-object-lambda")
        return bad(errc::unsupported, "ARNs of " + std::string{found->service},
                   "use an access point of S3 itself, or the bucket's name");
    if (found->service != "s3")
        return bad(errc::invalid_option, "an ARN of service " + quoted(found->service) + ", not of s3",
                   found->service == "s3express" && resource.size() > 1
                       ? "use the name at its end, " + quoted(resource[1]) + ", as the bucket"
                       : form);
    if (found->region.empty() && found->account_id.empty() && !resource[0].empty()) // arn:aws:s3:::bucket
        return bad(errc::invalid_option, "the ARN of a bucket",
                   "use the bucket's name: " + quoted(resource[0]));
    if (resource[0] != "accesspoint")
        return bad(errc::invalid_option, "an ARN of type " + quoted(resource[0]) + ", not of an access point",
                   form);
    if (resource.size() < 2 || resource[1].empty())
        return bad(errc::invalid_option, "no access point is named", form);
    if (found->region.empty())
        return bad(errc::unsupported, "a multi-region access point (the ARN has no region)",
                   "use one of its buckets, or an access point of a region");
    if (resource.size() > 2)
        return bad(errc::invalid_option, "more than a name stands behind 'accesspoint'",
                   "the key is no part of the ARN: s3://ARN/key, or a parameter of its own");

    access_point out{found->region, found->account_id, resource[1]};
    if (!is_plausible_region(out.region))
        return bad(errc::invalid_region, quoted(out.region) + " in the ARN", "regions look like us-west-2");
    if (!detail::is_host_label(out.account_id))
        return bad(errc::invalid_option, quoted(out.account_id) + " is no account id",
                   "an account id has 12 digits");
    if (!detail::is_host_label(out.name))
        return bad(errc::invalid_option, quoted(out.name) + " cannot be the name of an access point",
                   "such names are made of lower-case letters, digits and '-'");
    if (out.name.size() + 1 + out.account_id.size() > 63) // both are one label of the host name
        return bad(errc::invalid_option, "the name of the access point is too long",
                   "such names have at most 50 characters");
    return out;
}

} // namespace penstock::aws
