-- For wrk: asks what stands in a file, a JSON body a line; tells the figures in one line.
--     wrk -s load.lua URL -- FILE FROM PAUSE
-- FROM: the line to begin after. PAUSE: milliseconds that each connection waits before a request,
-- on average; 0 for none. The waits are spread as between visitors who know nothing of each other.

local bodies, place = {}, 0

function init(args)
    local headers = { ["Content-Type"] = "application/json" }
    for body in io.lines(args[1]) do
        bodies[#bodies + 1] = wrk.format("POST", "/api/ask", headers, body)
    end
    place = tonumber(args[2])
    local pause = tonumber(args[3])
    if pause > 0 then
        math.randomseed(7)
        function delay()
            return math.floor(-pause * math.log(1 - math.random()) + 0.5)
        end
    end
end

function request()
    place = place % #bodies + 1
    return bodies[place]
end

function done(summary, latency)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.timeout
    io.write(string.format(
        "\nFIGURES %d %d %d %d %d %d %d\n", summary.requests, summary.duration, failed,
        errors.status, latency:percentile(50), latency:percentile(99), latency.max))
end
