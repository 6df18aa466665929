using Codexport.Engine.Homes;

namespace Codexport.Cli.Demonstration;

/// <summary>What lies in the demo's two homes, and how they must agree.</summary>
internal static class DemoHomes
{
    private const int Skills = 200;
    private const string ProjectLine = "[projects.\"/demo/only-on-the-follower\"]";
    private static readonly string[] Composed = ["config.toml", "hooks.json"];

    /// <summary>Fills the master's Codex home.</summary>
    public static void WriteMaster(CodexportHome home)
    {
        Write(home, "config.toml", ConfigOf(home));
        Write(home, "AGENTS.md", "# House rules\n\nWrite tests first.\n");
        Write(home, "prompts/review.md", "Review the diff and name the risks.\n");
        Write(home, "rules/default.rules", "prefix_rule(pattern = [\"git\", \"status\"], decision = \"allow\")\n");
        Write(home, "hooks/notify.sh", "#!/bin/sh\nexit 0\n");
        for (var number = 0; number < Skills; number++)
        {
            Write(home, $"skills/skill-{number:000}/SKILL.md", SkillOf(number, "first"));
        }
    }

    /// <summary>Fills the follower's Codex home: it has been in use, and its trust in a project must stay.</summary>
    public static void WriteFollower(CodexportHome home) => Write(home, "config.toml", $"{ProjectLine}\ntrust_level = \"trusted\"\n");

    /// <summary>Changes the master's Codex home.</summary>
    /// <returns>How many files were touched.</returns>
    public static int Change(CodexportHome home)
    {
        Write(home, "skills/skill-000/SKILL.md", SkillOf(0, "second"));
        Write(home, "AGENTS.md", "# House rules\n\nWrite tests first, and read them again.\n");
        Directory.Delete(Path.Combine(home.CodexFolder, "skills", "skill-199"), recursive: true);
        return 3;
    }

    /// <summary>Compares both Codex homes: every file byte by byte, the composed configuration by what it must hold.</summary>
    /// <returns>Files and bytes compared.</returns>
    public static (int Files, long Bytes) RequireSame(CodexportHome master, CodexportHome follower)
    {
        var expected = List(master);
        var present = List(follower);
        Demo.Require(expected.SetEquals(present), "the two homes do not have the same files");
        long bytes = 0;
        foreach (var path in expected)
        {
            var content = File.ReadAllBytes(Path.Combine(follower.CodexFolder, path));
            bytes += content.Length;
            Demo.Require(
                Composed.Contains(path) || content.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(master.CodexFolder, path))),
                $"'{path}' is not what the master has");
        }

        var config = File.ReadAllText(Path.Combine(follower.CodexFolder, "config.toml"));
        Demo.Require(
            ConfigOf(follower).Split('\n').All(line => config.Contains(line, StringComparison.Ordinal)),
            "config.toml lacks something of the master's, or a path in it was not made the follower's");
        Demo.Require(config.Contains(ProjectLine, StringComparison.Ordinal), "config.toml lost the follower's own trust in a project");
        return (expected.Count, bytes);
    }

    private static string ConfigOf(CodexportHome home)
    {
        // A literal string, so that a path of Windows needs no escaping.
        var script = Path.Combine(home.CodexFolder, "hooks", "notify.sh");
        return $"# The team's setup\nmodel = \"gpt-5-codex\" # kept with its comment\nnotify = ['{script}']\n\n[mcp_servers.docs]\ncommand = \"docs-server\"\n";
    }

    private static string SkillOf(int number, string edition)
        => $"---\nname: skill-{number:000}\ndescription: Demo skill {number}, {edition} edition.\n---\n\n{new string((char)('a' + (number % 26)), 400)}\n";

    private static HashSet<string> List(CodexportHome home)
        => [.. Directory.EnumerateFiles(home.CodexFolder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(home.CodexFolder, path))];

    private static void Write(CodexportHome home, string path, string text)
    {
        var full = Path.Combine(home.CodexFolder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
