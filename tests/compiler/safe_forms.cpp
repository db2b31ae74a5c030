// Copyright (c) 2026 The Penstock developers. Distributed under the Boost Software License 1.0 (see LICENSE).

// The safe form of each coroutine shape that g++ 12 miscompiles, or that the language makes dangerous. Built with
// AddressSanitizer on the oldest compiler: should one of them break, this is where it shows. Every object counts its
// constructions and destructions.
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

namespace asio = boost::asio;
template <class T>
using awaitable = asio::awaitable<T>;

int alive = 0;

/// Owns memory, so that a destructor too many or too few is seen by the sanitizer, and counts, so that it is seen
/// without.
class tracked {
  public:
    explicit tracked(std::string text) : text_{std::make_unique<std::string>(std::move(text))} { ++alive; }
    tracked(const tracked& o) : text_{std::make_unique<std::string>(*o.text_)} { ++alive; }
    tracked(tracked&& o) noexcept : text_{std::move(o.text_)} { ++alive; }
    tracked& operator=(tracked o) noexcept {
        text_.swap(o.text_);
        return *this;
    }
    ~tracked() { --alive; }
    const std::string& text() const { return *text_; }

  private:
    std::unique_ptr<std::string> text_;
};

/// As all options types of the library: a defaulted constructor makes it no aggregate.
struct options {
    options() = default;
    options& name(std::string n) { return name_ = tracked{std::move(n)}, *this; }
    tracked name_{"none"};
};

const std::string long_text(100, 'x'); // beyond the small string

awaitable<void> turn() {
    const auto ex = co_await asio::this_coro::executor;
    co_await asio::post(ex, asio::use_awaitable);
}
awaitable<bool> yes() {
    co_await turn();
    co_return true;
}
awaitable<tracked> make(std::string text) {
    co_await turn();
    co_return tracked{std::move(text)};
}
awaitable<std::vector<tracked>> make_range() {
    co_await turn();
    std::vector<tracked> out;
    for (int i = 0; i < 3; ++i) out.emplace_back(long_text + std::to_string(i));
    co_return out;
}
awaitable<std::pair<tracked, int>> make_pair_of(int i) {
    co_await turn();
    std::pair<tracked, int> out{tracked{long_text}, i};
    co_return out;
}
awaitable<std::size_t> take(options o) {
    co_await turn();
    co_return o.name_.text().size();
}
awaitable<std::size_t> size_of(tracked t) {
    co_await turn();
    co_return t.text().size();
}
awaitable<std::size_t> take_list(std::vector<tracked> list) {
    co_await turn();
    co_return list.size();
}
awaitable<std::size_t> call(std::function<awaitable<std::size_t>()> f) {
    co_await turn();
    const auto n = co_await f();
    co_return n;
}

void check(bool ok, const char* what) {
    if (!ok) throw std::logic_error{what};
}

/// As all readers of the library: what `next` gives is empty at the end.
class reader {
  public:
    explicit reader(int count) : left_{count} {}

    awaitable<std::optional<tracked>> next(std::string text) {
        co_await turn();
        if (left_ == 0) co_return std::nullopt;
        --left_;
        co_return tracked{std::move(text)};
    }
    awaitable<std::optional<tracked>> next() { return next(long_text); }
    awaitable<std::unique_ptr<tracked>> next_pointer() {
        co_await turn();
        if (left_ == 0) co_return nullptr;
        --left_;
        co_return std::make_unique<tracked>(long_text);
    }
    awaitable<std::size_t> read_some() {
        co_await turn();
        co_return left_ == 0 ? 0 : static_cast<std::size_t>(left_--);
    }

  private:
    int left_;
};

// never: if (co_await f()) or while (co_await f()), an expression as the condition: in a coroutine that declares nothing
// before it, it goes astray. A value with a name is safe ...
awaitable<tracked> named_condition() {
    const tracked local{long_text};
    const bool ok = co_await yes();
    if (ok) co_return tracked{"yes"};
    co_return local;
}
// ... also with throw and break
awaitable<void> named_condition_then_throw() {
    const tracked local{long_text};
    const bool ok = co_await yes();
    if (ok) throw std::runtime_error{"expected"};
}
awaitable<int> named_condition_then_break() {
    int turns = 0;
    for (;;) {
        const tracked local{long_text};
        ++turns;
        const bool ok = co_await yes();
        if (ok) break;
    }
    co_return turns;
}

// ... and so is a condition that declares what it tests, whatever is in the loop and however it is left. These
// coroutines declare nothing else on purpose: that is where expressions fail.
awaitable<void> each_declared(reader& r, int& seen) {
    while (auto x = co_await r.next()) seen += x->text() == long_text;
}
awaitable<void> each_awaited(reader& r) {
    while (auto x = co_await r.next(long_text + "!")) co_await size_of(*x);
}
awaitable<void> each_moved_on(reader& r, int& seen) {
    while (auto x = co_await r.next()) {
        const tracked within{x->text()};
        const auto n = co_await size_of(std::move(*x));
        if (n != within.text().size()) continue;
        ++seen;
    }
}
awaitable<tracked> returned_from_the_loop(reader& r) {
    while (auto x = co_await r.next()) co_return std::move(*x);
    co_return tracked{"none"};
}
awaitable<tracked> returned_from_a_block(reader& r) {
    while (auto x = co_await r.next()) {
        const tracked within{x->text()};
        co_return within;
    }
    co_return tracked{"none"};
}
awaitable<void> thrown_from_the_loop(reader& r) {
    while (auto x = co_await r.next()) throw std::runtime_error{x->text()};
}
awaitable<int> broken_off(reader& r) {
    while (auto x = co_await r.next()) {
        const tracked within{x->text()};
        break;
    }
    co_return 1;
}
awaitable<void> each_pointer(reader& r, int& seen) {
    while (auto x = co_await r.next_pointer()) seen += x->text() == long_text;
}
awaitable<void> each_size(reader& r, std::size_t& total) {
    while (std::size_t n = co_await r.read_some()) total += n;
}
awaitable<void> each_of_each(reader& r, int& seen) {
    while (auto x = co_await r.next()) {
        reader inner{2};
        while (auto y = co_await inner.next(x->text())) seen += y->text() == x->text();
    }
}
awaitable<tracked> declared_in_if(reader& r) {
    if (auto x = co_await r.next()) co_return std::move(*x);
    co_return tracked{"none"};
}
awaitable<tracked> declared_in_if_else(reader& r) {
    if (auto x = co_await r.next())
        co_await size_of(*x);
    else
        co_return tracked{"none"};
    co_return tracked{"some"};
}

awaitable<void> declared_conditions() {
    int seen = 0;
    std::size_t total = 0;
    reader three{3}, four{3}, five{3}, six{3}, seven{3}, eight{3};
    co_await each_declared(three, seen);
    check(seen == 3, "declared: each");
    co_await each_awaited(four);
    co_await each_moved_on(five, seen);
    check(seen == 6, "declared: each, moved on");
    co_await each_pointer(six, seen);
    check(seen == 9, "declared: pointers");
    co_await each_size(seven, total);
    check(total == 6, "declared: sizes");
    co_await each_of_each(eight, seen);
    check(seen == 15, "declared: loops in loops");

    reader some{6}, none{0};
    const auto first = co_await returned_from_the_loop(some);
    check(first.text() == long_text, "declared: return");
    const auto second = co_await returned_from_a_block(some);
    check(second.text() == long_text, "declared: return from a block");
    const auto third = co_await returned_from_the_loop(none);
    check(third.text() == "none", "declared: nothing");
    const auto fourth = co_await broken_off(some);
    check(fourth == 1, "declared: break");
    std::string thrown;
    try {
        co_await thrown_from_the_loop(some);
    } catch (const std::exception& e) {
        thrown = e.what();
    }
    check(thrown == long_text, "declared: throw");
    const auto fifth = co_await declared_in_if(some);
    check(fifth.text() == long_text, "declared: if");
    const auto sixth = co_await declared_in_if_else(some);
    check(sixth.text() == "some", "declared: if, else");
    const auto seventh = co_await declared_in_if_else(none);
    check(seventh.text() == "none", "declared: else");
}

// never: cond ? co_await a() : b
awaitable<tracked> assigned_in_branches(bool which) {
    tracked out{"else"};
    if (which) out = co_await make(long_text);
    co_return out;
}

// never: an aggregate temporary as an argument; a type with a constructor is safe, named or not
awaitable<std::size_t> options_as_argument() {
    const auto temporary = co_await take(options().name(long_text));
    options named;
    named.name(long_text);
    const auto moved = co_await take(std::move(named));
    co_return temporary + moved;
}

// never: a temporary lambda with captures in an awaited call
awaitable<std::size_t> named_lambda() {
    tracked kept{long_text};
    auto f = [kept]() -> awaitable<std::size_t> {
        co_await turn();
        co_return kept.text().size();
    };
    const auto n = co_await call(std::move(f));
    co_return n;
}
// ... or a coroutine that takes parameters
awaitable<std::size_t> parameters_instead_of_captures() {
    const auto n = co_await size_of(tracked{long_text});
    co_return n;
}

// never: co_await inside a brace list, or a brace list for a vector argument
awaitable<std::size_t> named_vector() {
    std::vector<tracked> list;
    auto first = co_await make(long_text);
    list.push_back(std::move(first));
    list.push_back(tracked{"second"});
    const auto n = co_await take_list(std::move(list));
    co_return n;
}

// never: for (auto x : co_await range())
awaitable<std::size_t> named_range() {
    std::size_t total = 0;
    const auto range = co_await make_range();
    for (const auto& x : range) total += x.text().size();
    co_return total;
}

// never: auto [a, b] = co_await …, in a loop
awaitable<int> named_then_bound() {
    int total = 0;
    for (int i = 0; i < 3; ++i) {
        const auto both = co_await make_pair_of(i);
        const auto& [text, number] = both;
        check(text.text() == long_text, "a binding refers to nothing");
        total += number;
    }
    co_return total;
}

// never: co_await in a handler (the language forbids it); what is caught is looked at afterwards
awaitable<std::string> awaited_after_the_handler() {
    std::exception_ptr caught;
    try {
        co_await named_condition_then_throw();
    } catch (...) {
        caught = std::current_exception();
    }
    co_await turn();
    try {
        if (caught) std::rethrow_exception(caught);
    } catch (const std::exception& e) {
        co_return e.what();
    }
    co_return "";
}

awaitable<void> all_forms() {
    const auto a = co_await named_condition();
    check(a.text() == "yes", "named condition");
    const auto b = co_await named_condition_then_break();
    check(b == 1, "named condition, break");
    const auto c = co_await assigned_in_branches(true);
    check(c.text() == long_text, "branches: then");
    const auto d = co_await assigned_in_branches(false);
    check(d.text() == "else", "branches: else");
    const auto e = co_await options_as_argument();
    check(e == 2 * long_text.size(), "options");
    const auto f = co_await named_lambda();
    check(f == long_text.size(), "named lambda");
    const auto g = co_await parameters_instead_of_captures();
    check(g == long_text.size(), "parameters");
    const auto h = co_await named_vector();
    check(h == 2, "named vector");
    const auto i = co_await named_range();
    check(i == 3 * (long_text.size() + 1), "named range");
    const auto j = co_await named_then_bound();
    check(j == 3, "named, then bound");
    const auto k = co_await awaited_after_the_handler();
    check(k == "expected", "after the handler");
    const int before = alive;
    co_await declared_conditions();
    check(alive == before, "declared conditions: objects too many or too few");
}

} // namespace

int main() {
    for (int round = 0; round < 3; ++round) {
        asio::io_context io{1};
        std::exception_ptr failed;
        asio::co_spawn(io, all_forms(), [&](std::exception_ptr e) { failed = e; });
        io.run();
        try {
            if (failed) std::rethrow_exception(failed);
        } catch (const std::exception& e) {
            std::printf("safe_forms: %s\n", e.what());
            return 1;
        }
    }
    if (alive != 0) {
        std::printf("safe_forms: %d objects too many or too few\n", alive);
        return 1;
    }
    std::puts("safe_forms: ok");
    return 0;
}
