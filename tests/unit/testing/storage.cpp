// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).
#include <penstock/testing/storage.hpp>

#include <penstock/testing/detail/byte_pass.hpp>

#include "folder_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>

namespace storage_test {

using namespace penstock;
using folder_test::few_descriptors;
using folder_test::write_file;
using test::temporary_folder;
namespace fs = std::filesystem;

void put(testing::storage& s, const std::string& bucket, const std::string& key, std::string_view text,
         testing::object_record r = {}) {
    r.key = key;
    if (r.etag.empty()) r.etag = "etag-of-" + std::to_string(text.size());
    auto staged = s.stage();
    staged->append(std::as_bytes(std::span{text.data(), text.size()}));
    s.put(bucket, std::move(r), std::move(staged));
}

std::string read_all(const testing::stored_bytes& bytes, std::size_t scratch_size = 7) {
    std::string out;
    std::vector<std::byte> scratch(scratch_size);
    while (out.size() < bytes.size()) {
        const auto piece = bytes.chunk(out.size(), scratch);
        if (piece.empty()) break;
        out.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
    return out;
}

std::string get(testing::storage& s, const std::string& bucket, const std::string& key) {
    const auto object = s.find(bucket, key);
    return object ? read_all(*object->bytes) : "(none)";
}

std::vector<std::string> keys(testing::storage& s, const std::string& bucket, const std::string& prefix = {},
                              const std::string& from = {}, std::size_t most = 1000) {
    std::vector<std::string> out;
    if (most == 0) return out;
    s.list(bucket, prefix, from, [&](const testing::object_record& r) {
        out.push_back(r.key);
        return out.size() < most ? testing::list_step::next() : testing::list_step::stop();
    });
    return out;
}

/// The same tests for both kinds.
void for_each_storage(const std::function<void(testing::storage&, bool)>& test) {
    SUBCASE("memory") { test(*testing::make_memory_storage(), false); }
    SUBCASE("folder") {
        temporary_folder folder;
        test(*testing::make_folder_storage(folder.path().string()), true);
    }
}

} // namespace storage_test

TEST_CASE("storage: buckets and objects") {
    using namespace storage_test;
    for_each_storage([](testing::storage& s, bool) {
        CHECK(s.buckets().empty());
        CHECK_FALSE(s.has_bucket("bucket"));
        s.create_bucket("bucket", wall_time{});
        s.create_bucket("another", wall_time{});
        REQUIRE(s.buckets().size() == 2);
        CHECK(s.buckets()[0].name == "another");
        CHECK(s.find("bucket", "key") == nullptr);
        CHECK(s.find("nowhere", "key") == nullptr);

        put(s, "bucket", "a/key", "first");
        const auto old = s.find("bucket", "a/key");
        put(s, "bucket", "a/key", "second, longer");
        CHECK(get(s, "bucket", "a/key") == "second, longer");
        REQUIRE(old);
        CHECK(read_all(*old->bytes) == "first"); // what was found stays what it was
        CHECK(s.remove("bucket", "a/key"));
        CHECK_FALSE(s.remove("bucket", "a/key"));
        CHECK(get(s, "bucket", "a/key") == "(none)");
        s.delete_bucket("bucket");
        CHECK_FALSE(s.has_bucket("bucket"));
    });
}

TEST_CASE("storage: a record comes back whole") {
    using namespace storage_test;
    for_each_storage([](testing::storage& s, bool) {
        s.create_bucket("bucket", wall_time{});
        testing::object_record r;
        r.etag = "d41d8cd98f00b204e9800998ecf8427e-2";
        r.last_modified = wall_time{std::chrono::milliseconds{1'700'000'000'123}};
        r.headers.add("Content-Type", "text/x; a=\"b % c\"");
        r.headers.add("x-amz-meta-k", "v\xc3\xa9");
        r.checksum_algorithm = "CRC32C";
        r.checksum = "AAAAAA==-2";
        r.checksum_composite = true;
        r.part_sizes = {3, 2};
        r.tags = "a=1&b=%2F";
        put(s, "bucket", "key", "12345", r);
        const auto back = s.find("bucket", "key");
        REQUIRE(back);
        CHECK(back->record.key == "key");
        CHECK(back->record.size == 5);
        CHECK(back->record.etag == r.etag);
        CHECK(back->record.last_modified == r.last_modified);
        CHECK(back->record.headers.text() == r.headers.text());
        CHECK(back->record.checksum_algorithm == r.checksum_algorithm);
        CHECK(back->record.checksum == r.checksum);
        CHECK(back->record.checksum_composite);
        CHECK(back->record.part_sizes == r.part_sizes);
        CHECK(back->record.tags == r.tags);
    });
}

TEST_CASE("storage: pieces become one object, in order, of any size") {
    using namespace storage_test;
    for_each_storage([](testing::storage& s, bool copies) {
        s.create_bucket("bucket", wall_time{});
        std::string all;
        std::vector<std::shared_ptr<testing::staged_bytes>> pieces;
        testing::detail::byte_pass pass;
        pass.digest_by(testing::detail::digest_kind::md5);
        for (const std::size_t size :
             {std::size_t{0}, std::size_t{700'000}, std::size_t{0}, std::size_t{1}, std::size_t{300'000}}) {
            pieces.push_back(s.stage());
            const std::string text(size, static_cast<char>('a' + pieces.size()));
            pieces.back()->append(std::as_bytes(std::span{text}));
            pieces.back()->seal();
            pass.add(pieces.back(), 0, size);
            all += text;
        }
        auto whole = s.join(pieces);
        REQUIRE((whole == nullptr) == copies);
        if (copies) pass.copy_into(s.stage());
        int slices = 1;
        while (pass.step()) ++slices;
        CHECK(slices == 4); // 256 KiB each
        CHECK(pass.result(testing::detail::digest_kind::md5) ==
              testing::detail::digest_of(testing::detail::digest_kind::md5, all));
        if (copies) whole = pass.copy();
        testing::object_record r;
        r.key = "joined";
        s.put("bucket", r, whole);
        pieces.clear();
        const auto object = s.find("bucket", "joined");
        REQUIRE(object);
        CHECK(object->record.size == all.size());
        CHECK(read_all(*object->bytes, 100'000) == all);
        std::byte scratch[16];
        CHECK(object->bytes->chunk(all.size(), scratch).empty());
    });
}

TEST_CASE("storage: keys are listed in byte order, from anywhere, with any prefix") {
    using namespace storage_test;
    for_each_storage([](testing::storage& s, bool) {
        s.create_bucket("bucket", wall_time{});
        // '-' and '.' sort below '/', '0' above it: a folder must sort as if its name ended with a slash.
        std::vector<std::string> all{"a-b", "a.b",      "a/1", "a/2/x", "a/2.x", "a0",
                                     "b",   "\xc3\xa9", "z/",  "z//y",  "/a",    "Z"};
        for (const auto& k : all) put(s, "bucket", k, k);
        std::sort(all.begin(), all.end());
        CHECK(keys(s, "bucket") == all);
        std::vector<std::string> paged;
        std::string from;
        for (;;) {
            const auto page = keys(s, "bucket", {}, from, 2);
            if (page.empty()) break;
            paged.insert(paged.end(), page.begin(), page.end());
            from = page.back() + '\0';
            REQUIRE(paged.size() <= all.size());
        }
        CHECK(paged == all);
        for (const std::string prefix : {"a", "a/", "a/2", "z/", "z//", "/", "nothing", "a/2/x"}) {
            std::vector<std::string> wanted;
            std::copy_if(all.begin(), all.end(), std::back_inserter(wanted),
                         [&](auto& k) { return k.starts_with(prefix); });
            CHECK_MESSAGE(keys(s, "bucket", prefix) == wanted, prefix);
        }
        for (const std::string start : {"a/2", "a/2/", "a/2/x", "a/2/y", "a/3", "z", "z//", "zz"}) {
            std::vector<std::string> wanted;
            std::copy_if(all.begin(), all.end(), std::back_inserter(wanted),
                         [&](auto& k) { return k >= start; });
            CHECK_MESSAGE(keys(s, "bucket", {}, start) == wanted, start);
        }
    });
}

TEST_CASE("storage: a visitor skips keys") {
    using namespace storage_test;
    for_each_storage([](testing::storage& s, bool) {
        s.create_bucket("bucket", wall_time{});
        const std::vector<std::string> all{"a",     "b/1",   "b/2",   "b/c/1", "b/c/2", "b0",
                                           "c/1/2", "c/1/3", "c/2/1", "d/1",   "e"};
        for (const auto& k : all) put(s, "bucket", k, k);
        for (const auto& at : all) {
            for (const std::string to : {"", "a", "b", "b/", "b/2", "b/c/", "b/c/1", "b/c0", "b0", "c/1/25",
                                         "c/2", "c/2/0", "d", "d0", "z"}) {
                std::vector<std::string> wanted, got;
                for (const auto& k : all)
                    if (k <= at || k >= to) wanted.push_back(k);
                s.list("bucket", {}, {}, [&](const testing::object_record& r) {
                    got.push_back(r.key);
                    return r.key == at ? testing::list_step::skip_to(to) : testing::list_step::next();
                });
                CHECK_MESSAGE(got == wanted, at, " to ", to);
            }
        }
    });
}

TEST_CASE("storage: keys that are no file names survive and lead nowhere else") {
    using namespace storage_test;
    for_each_storage([](testing::storage& s, bool) {
        s.create_bucket("bucket", wall_time{});
        const std::vector<std::string> odd{"..",
                                           ".",
                                           "../up",
                                           "a/../../b",
                                           "/etc/passwd",
                                           "//",
                                           "x//y",
                                           "x/./y",
                                           "end/",
                                           std::string{"nul\0byte", 8},
                                           "\xff\xfe",
                                           "new\nline",
                                           ".penstock-f-%2E",
                                           ".penstock-d-/x",
                                           ".penstock",
                                           "%2e%2e/%2f",
                                           "\\..\\x",
                                           "~",
                                           "-rf"};
        for (const auto& k : odd) put(s, "bucket", k, "of " + k);
        for (const auto& k : odd) CHECK_MESSAGE(get(s, "bucket", k) == "of " + k, k);
        auto sorted = odd;
        std::sort(sorted.begin(), sorted.end());
        CHECK(keys(s, "bucket") == sorted);
        for (const auto& k : odd) CHECK_MESSAGE(s.remove("bucket", k), k);
        CHECK(keys(s, "bucket").empty());
        s.delete_bucket("bucket");
        CHECK_FALSE(s.has_bucket("bucket"));
    });
}

TEST_CASE("memory storage: a limit") {
    using namespace storage_test;
    auto s = testing::make_memory_storage(1000);
    s->create_bucket("bucket", wall_time{});
    put(*s, "bucket", "a", std::string(900, 'x'));
    try {
        put(*s, "bucket", "b", std::string(200, 'x'));
        FAIL("no error");
    } catch (const error& e) {
        CHECK(e.code() == errc::budget_exceeded);
    }
    CHECK(keys(*s, "bucket") == std::vector<std::string>{"a"});
    s->remove("bucket", "a");
    put(*s, "bucket", "b", std::string(200, 'x')); // what was removed is free again
}

TEST_CASE("folder storage: files that are there are served as they are") {
    using namespace storage_test;
    temporary_folder folder;
    write_file(folder.path() / "data" / "sub" / "100% real.csv", "a,b\n");
    write_file(folder.path() / "data" / ".hidden", "dot");
    write_file(folder.path() / "not-a-bucket.txt", "x");
    fs::create_directories(folder.path() / "data" / "empty folder");
    fs::create_directories(folder.path() / "My_Data");
    auto s = testing::make_folder_storage(folder.path().string());
    REQUIRE(s->buckets().size() == 2);
    CHECK(s->buckets()[0].name == "My_Data");
    CHECK(s->buckets()[1].name == "data");
    CHECK(keys(*s, "data") == std::vector<std::string>{".hidden", "sub/100% real.csv"});
    CHECK(get(*s, "data", "sub/100% real.csv") == "a,b\n");
    CHECK_FALSE(s->find("data", "sub"));
    CHECK_FALSE(s->find("data", "sub/"));
    CHECK_FALSE(fs::exists(folder.path() / ".penstock")); // reading writes nothing

    const auto before = s->find("data", ".hidden")->record.etag;
    CHECK(s->find("data", ".hidden")->record.etag == before);
    write_file(folder.path() / "data" / ".hidden", "changed from outside");
    CHECK(s->find("data", ".hidden")->record.etag != before);

    // An object that was put, then changed from outside, has lost what was said about it.
    testing::object_record r;
    r.etag = "0123";
    r.headers.add("Content-Type", "x/y");
    put(*s, "data", "put", "text", r);
    CHECK(s->find("data", "put")->record.etag == "0123");
    s.reset();
    s = testing::make_folder_storage(folder.path().string());
    CHECK(s->find("data", "put")->record.headers["content-type"] == "x/y"); // another run sees it all
    write_file(folder.path() / "data" / "put", "something else");
    CHECK(s->find("data", "put")->record.etag != "0123");
    CHECK(s->find("data", "put")->record.headers.empty());
    CHECK(get(*s, "data", "put") == "something else");
}

TEST_CASE("folder storage: damaged side files cost their content, not the object") {
    using namespace storage_test;
    temporary_folder folder;
    auto s = testing::make_folder_storage(folder.path().string());
    s->create_bucket("data", wall_time{});
    for (const std::string& damage :
         {std::string{}, std::string{"rubbish"}, std::string(5000, '\0'), std::string{"version %zz\n"},
          std::string{"header a%0D%0Ab\nvalue c\n"}}) {
        testing::object_record r;
        r.etag = "0123";
        put(*s, "data", "k", "text", r);
        for (const auto& e : fs::recursive_directory_iterator{folder.path() / ".penstock" / "meta"})
            if (e.is_regular_file()) write_file(e.path(), damage);
        const auto object = s->find("data", "k");
        REQUIRE(object);
        CHECK(object->record.etag != "0123");
        CHECK(read_all(*object->bytes) == "text");
    }
}

TEST_CASE("folder storage: symbolic links and special files are not there") {
    using namespace storage_test;
    temporary_folder folder, outside;
    write_file(outside.path() / "secret", "secret");
    write_file(folder.path() / "data" / "real", "real");
    fs::create_symlink(outside.path() / "secret", folder.path() / "data" / "link");
    fs::create_directory_symlink(outside.path(), folder.path() / "data" / "folder");
    fs::create_directory_symlink(outside.path(), folder.path() / "bucket-link");
    REQUIRE(::mkfifo((folder.path() / "data" / "fifo").c_str(), 0600) == 0);
    auto s = testing::make_folder_storage(folder.path().string());
    CHECK(s->buckets().size() == 1);
    CHECK_FALSE(s->has_bucket("bucket-link"));
    CHECK(keys(*s, "data") == std::vector<std::string>{"real"});
    CHECK_FALSE(s->find("data", "link"));
    CHECK_FALSE(s->find("data", "folder/secret"));
    CHECK_FALSE(s->find("data", "fifo"));
    CHECK_THROWS_AS(put(*s, "data", "folder/new", "x"), error);
    CHECK_FALSE(fs::exists(outside.path() / "new"));
    CHECK_FALSE(s->has_bucket(".."));
    CHECK_FALSE(s->has_bucket(".penstock"));
    CHECK_FALSE(s->has_bucket("data/.."));
}

TEST_CASE("folder storage: what cannot be stored is refused, and nothing is left") {
    using namespace storage_test;
    temporary_folder folder;
    auto s = testing::make_folder_storage(folder.path().string());
    s->create_bucket("data", wall_time{});
    put(*s, "data", "x", "a file");
    auto code = [&](const std::string& key) {
        try {
            put(*s, "data", key, "y");
        } catch (const error& e) {
            return e.code();
        }
        return error_code{};
    };
    CHECK(code("x/y") == errc::conflict);
    put(*s, "data", "d/e", "a folder");
    CHECK(code("d") == errc::conflict);
    CHECK(code(std::string(256, 'n')) == errc::invalid_request);
    CHECK(code("d/" + std::string(256, 'n') + "/x") == errc::invalid_request);
    CHECK_FALSE(s->find("data", "x/y"));
    CHECK_FALSE(s->find("data", std::string(300, 'n')));
    CHECK_FALSE(s->find("data", std::string(300, 'n') + "/x"));
    CHECK(get(*s, "data", "x") == "a file");
    CHECK(keys(*s, "data") == std::vector<std::string>{"d/e", "x"});
    s->stage()->append({}); // given up again
    CHECK(fs::is_empty(folder.path() / ".penstock" / "tmp"));

    s->remove("data", "d/e");
    CHECK_FALSE(fs::exists(folder.path() / "data" / "d")); // folders go with their last object
    s->remove("data", "x");
    REQUIRE(::mkfifo((folder.path() / "data" / "fifo").c_str(), 0600) == 0);
    CHECK_THROWS_AS(s->delete_bucket("data"), error);
    CHECK(s->has_bucket("data"));
    CHECK_THROWS_AS(testing::make_folder_storage((folder.path() / "missing").string()), error);
}

TEST_CASE("folder storage: what a killed server left is removed, and nothing else") {
    using namespace storage_test;
    temporary_folder folder, outside;
    const auto tmp = folder.path() / ".penstock" / "tmp";
    write_file(tmp / "0123456789abcdef", "half an upload");
    write_file(tmp / "fedcba9876543210", "half a side file");
    const std::vector<std::string> others{"0123456789abcde", "0123456789abcdef0", "0123456789ABCDEF",
                                          "notes.txt"};
    for (const auto& name : others) write_file(tmp / name, "not ours");
    fs::create_directories(tmp / "00000000000000ff");
    write_file(outside.path() / "kept", "kept");
    fs::create_symlink(outside.path() / "kept", tmp / "000000000000ffff");
    write_file(folder.path() / "data" / "0123456789abcdef", "an object");
    {
        auto s = testing::make_folder_storage(folder.path().string());
        CHECK(get(*s, "data", "0123456789abcdef") == "an object");
    }
    CHECK_FALSE(fs::exists(tmp / "0123456789abcdef"));
    CHECK_FALSE(fs::exists(tmp / "fedcba9876543210"));
    for (const auto& name : others) CHECK_MESSAGE(fs::exists(tmp / name), name);
    CHECK(fs::exists(tmp / "00000000000000ff"));
    CHECK(fs::is_symlink(tmp / "000000000000ffff"));
    CHECK(fs::exists(outside.path() / "kept"));

    // Not even a link of the storage's own name leads out.
    temporary_folder linked;
    write_file(outside.path() / "tmp" / "0123456789abcdef", "somebody's");
    fs::create_directory_symlink(outside.path(), linked.path() / ".penstock");
    testing::make_folder_storage(linked.path().string());
    CHECK(fs::exists(outside.path() / "tmp" / "0123456789abcdef"));
}

TEST_CASE("folder storage: one folder, one storage") {
    using namespace storage_test;
    temporary_folder folder;
    auto s = testing::make_folder_storage(folder.path().string());
    s->create_bucket("data", wall_time{});
    auto piece = s->stage();
    piece->append(std::as_bytes(std::span{"half", 4}));
    piece->seal();
    try {
        testing::make_folder_storage(folder.path().string());
        FAIL("no error");
    } catch (const error& e) {
        CHECK(e.code() == errc::conflict);
        CHECK(std::string_view{e.what()}.find(folder.path().string()) != std::string_view::npos);
    }
    CHECK(read_all(*piece) == "half"); // the second one touched nothing
    piece.reset();
    s.reset();
    CHECK(testing::make_folder_storage(folder.path().string())->has_bucket("data"));
}

TEST_CASE("folder storage: out of descriptors, it fails, and does not say that nothing is there") {
    using namespace storage_test;
    temporary_folder folder;
    auto s = testing::make_folder_storage(folder.path().string());
    s->create_bucket("data", wall_time{});
    testing::object_record r;
    r.etag = "0123";
    put(*s, "data", "a/b/c", "text", r);
    // What it answers with so many descriptors: the truth, or that there were too few.
    auto answer = [](unsigned free, const std::function<bool()>& ask) -> std::string {
        const few_descriptors limit{free};
        try {
            return ask() ? "there" : "not there";
        } catch (const error& e) {
            return e.code() == boost::system::errc::too_many_files_open ? "too few" : e.what();
        }
    };
    const std::vector<std::function<bool()>> questions{
        [&] { return s->has_bucket("data"); },
        [&] {
            const auto object = s->find("data", "a/b/c");
            return object && object->record.etag == "0123";
        },
        [&] { return keys(*s, "data").size() == 1; },
        [&] {
            put(*s, "data", "a/b/c", "text", r);
            return true;
        },
        [&] { return s->remove("data", "a/b/c"); },
    };
    for (const auto& ask : questions) {
        std::string got;
        unsigned free = 0;
        do got = answer(free++, ask);
        while (got == "too few" && free < 20);
        CHECK(got == "there");
        CHECK(free > 1);
    }
    CHECK(keys(*s, "data").empty()); // the last one removed it
}

TEST_CASE("folder storage: names that the storage never gives are no keys") {
    using namespace storage_test;
    temporary_folder folder;
    write_file(folder.path() / "data" / "real", "real");
    write_file(folder.path() / "data" / ".penstock-f-real", "would be real");
    write_file(folder.path() / "data" / ".penstock-f-%2e", "another case of %2E");
    // Decoded and encoded again, it would be too long for a file.
    write_file(folder.path() / "data" / (".penstock-f-%00" + std::string(200, '\xff')), "x");
    auto s = testing::make_folder_storage(folder.path().string());
    CHECK(keys(*s, "data") == std::vector<std::string>{"real"});
}

TEST_CASE("folder storage: a file cut while it is read ends early instead of failing") {
    using namespace storage_test;
    temporary_folder folder;
    write_file(folder.path() / "data" / "k", std::string(1000, 'x'));
    auto s = testing::make_folder_storage(folder.path().string());
    const auto object = s->find("data", "k");
    fs::resize_file(folder.path() / "data" / "k", 100);
    CHECK(read_all(*object->bytes, 64).size() == 100);
}

TEST_CASE("bucket names: S3's rules") {
    using namespace storage_test;
    const std::string longest(63, 'a');
    for (const std::string& good : {std::string{"abc"}, std::string{"a-b.c1"}, std::string{"123"},
                                    std::string{"1.2.3"}, std::string{"192.168.5.a"}, longest})
        CHECK_MESSAGE(testing::valid_bucket_name(good), good);
    CHECK_FALSE(testing::valid_bucket_name(longest + "a"));
    for (const std::string_view bad :
         {"", "ab", "Abc", "a_b", "-ab", "ab-", ".ab", "ab.", "a..b", "192.168.5.4", "a/b", "a b"})
        CHECK_MESSAGE(!testing::valid_bucket_name(bad), bad);
}
