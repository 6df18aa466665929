using System.Text.Json.Nodes;
using Codexport.Engine.Codex;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Homes;

namespace Codexport.Tests.Acceptance;

public sealed class HookHashTests
{
    private static readonly string[] Events = ["SessionStart", "PreToolUse", "PostToolUse", "UserPromptSubmit", "Stop", "SessionEnd", "SubagentStart", "SubagentStop", "PreCompact", "PostCompact", "PermissionRequest",
        "PreModelRequest", "PostModelRequest", "Interrupt"];
    private static readonly string[] Commands =
        ["true", "echo \"a b\" 'c'", "printf 'é ü ✓ \u0001 \t'", "a && b || c | d > /dev/null", "x\\y\\n", "echo </script> & ' + \" \u2028", "emoji 🚀", "/usr/bin/env bash -c \"$HOME\""];

    [Fact]
    public async Task Hash_ForTwoHundredHooks_IsWhatCodexComputes()
    {
        var codex = RealCodex.Require();
        using var home = new CodexHome(withCodex: true);
        await File.WriteAllTextAsync(home.HooksFile, Generate(200), TestContext.Current.CancellationToken);
        var handlers = HooksFile.Parse(await File.ReadAllBytesAsync(home.HooksFile, TestContext.Current.CancellationToken), home.HooksFile).Handlers;

        await using var server = await CodexAppServer.StartAsync(
            home.Context, codex, CodexProgram.EnvironmentFor(home.Context.Home), TestContext.Current.CancellationToken);
        var listed = (await server.ListHooksAsync(home.Root, TestContext.Current.CancellationToken)).ToDictionary(hook => hook.Key, hook => hook.Hash);

        Assert.Equal(200, handlers.Count);
        Assert.Equal(200, listed.Count);
        Assert.All(handlers, handler => Assert.Equal(
            listed[HookTrust.StateKey(home.HooksFile, handler)], HookTrust.Hash(handler, PathStyle.Current)));
    }

    [Fact]
    public async Task Hash_ForToolsOfMcpServers_IsWhatCodexComputes()
    {
        var codex = RealCodex.Require();
        using var home = new CodexHome(withCodex: true);
        var data = JsonNode.Parse(await File.ReadAllBytesAsync(
            Path.Combine(AppContext.BaseDirectory, "data", "mcp-tool-hook-hashes.json"), TestContext.Current.CancellationToken))!;
        await File.WriteAllTextAsync(home.HooksFile, (string)data["file"]!, TestContext.Current.CancellationToken);

        await using var server = await CodexAppServer.StartAsync(
            home.Context, codex, CodexProgram.EnvironmentFor(home.Context.Home), TestContext.Current.CancellationToken);
        var listed = await server.ListHooksAsync(home.Root, TestContext.Current.CancellationToken);

        Assert.Equal(
            data["hashes"]!.AsObject().Select(hash => $"{home.HooksFile}:{hash.Key} {hash.Value}").Order(StringComparer.Ordinal),
            listed.Select(hook => $"{hook.Key} {hook.Hash}").Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(RealCodex.Versions), MemberType = typeof(RealCodex))]
    public async Task Hash_ForHooksOfPlugins_IsWhatCodexComputes_AndWhatItTrusts(string version)
    {
        var codex = RealCodex.Require(version);
        using var home = new CodexHome(withCodex: true) { Program = codex };
        var data = JsonNode.Parse(await File.ReadAllBytesAsync(
            Path.Combine(AppContext.BaseDirectory, "data", "plugin-hook-hashes.json"), TestContext.Current.CancellationToken))!;
        var plugin = Path.Combine(home.Codex, "plugins", "cache", "m", "x", "1.0.0");
        Put(Path.Combine(plugin, ".codex-plugin", "plugin.json"), """{"name":"x","version":"1.0.0","description":"d","hooks":"./hooks/hooks.json"}""");
        Put(Path.Combine(plugin, "hooks", "hooks.json"), (string)data["file"]!);
        var states = data["hashes"]!.AsObject().Select(hash => $"\n[hooks.state.\"x@m:hooks/hooks.json:{hash.Key}\"]\ntrusted_hash = \"{hash.Value}\"\n");
        Put(home.ConfigFile, "[plugins.\"x@m\"]\nenabled = true\n" + string.Concat(states));

        await using var server = await CodexAppServer.StartAsync(
            home.Context, codex, CodexProgram.EnvironmentFor(home.Context.Home), TestContext.Current.CancellationToken);
        var listed = await server.ListHooksAsync(home.Root, TestContext.Current.CancellationToken);

        Assert.Equal(
            data["hashes"]!.AsObject().Select(hash => $"x@m:hooks/hooks.json:{hash.Key} {hash.Value} trusted").Order(StringComparer.Ordinal),
            listed.Select(hook => $"{hook.Key} {hook.Hash.Split('/')[0]} {hook.TrustStatus}").Order(StringComparer.Ordinal));
    }

    private static void Put(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }

    private static string Generate(int count)
    {
        var random = new Random(17342);
        var hooks = new JsonObject();
        for (var index = 0; index < count; index++)
        {
            var name = Events[random.Next(Events.Length)];
            var groups = (JsonArray)(hooks[name] ??= new JsonArray());
            if (groups.Count == 0 || random.Next(3) > 0)
            {
                var group = new JsonObject { ["hooks"] = new JsonArray() };
                if (random.Next(2) == 0)
                {
                    group["matcher"] = random.Next(2) == 0 ? "startup|resume" : $"m{index}.*é";
                }

                groups.Add(group);
            }

            ((JsonArray)groups[^1]!["hooks"]!).Add(Handler(random, index));
        }

        return new JsonObject { ["hooks"] = hooks }.ToJsonString();
    }

    private static JsonObject Handler(Random random, int index)
    {
        var handler = new JsonObject { ["type"] = "command", ["command"] = $"{Commands[random.Next(Commands.Length)]} {index}" };
        if (random.Next(2) == 0)
        {
            handler["timeout"] = random.Next(0, 1000);
        }

        if (random.Next(3) == 0)
        {
            handler["statusMessage"] = $"working on {index} ✓";
        }

        if (random.Next(4) == 0)
        {
            handler["commandWindows"] = $"dir {index}";
        }

        if (random.Next(5) == 0)
        {
            handler["async"] = random.Next(2) == 0;
        }

        if (random.Next(5) == 0)
        {
            handler["additionalContextLimit"] = random.Next(1, 5000);
        }

        return handler;
    }
}
