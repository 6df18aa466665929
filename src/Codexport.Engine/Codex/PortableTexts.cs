using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex;

/// <summary>Exchanges the paths in a whole configuration for variables and back, each text by the rules of whoever reads it.</summary>
internal static class PortableTexts
{
    /// <summary>Puts variables in place of this machine's paths, in values and keys.</summary>
    /// <param name="document">The configuration; it is changed.</param>
    /// <param name="paths">This machine's paths.</param>
    /// <param name="platform">Where its commands run.</param>
    internal static void Encode(TomlDocument document, PortablePaths paths, PathStyle platform)
    {
        var commands = CommandPlaces.Find(document.Root, platform);
        document.MapStrings((path, text) => Changed(
            text, commands.TryGetValue(path, out var place) ? paths.EncodeCommand(text, place.Language) : paths.Encode(text)));
        document.MapKeys((_, key) => Changed(key, paths.Encode(key)));
    }

    /// <summary>Puts this machine's paths in place of variables, in values and keys. What cannot be quoted at its place goes with all that it belongs to.</summary>
    /// <param name="document">The configuration; it is changed.</param>
    /// <param name="paths">This machine's paths.</param>
    /// <param name="file">The file's path below the Codex home.</param>
    /// <returns>What was left out, each as a key path.</returns>
    /// <exception cref="CodexportException"><see cref="ErrorCode.VariableMissing"/>, naming file, key and variable.</exception>
    internal static IReadOnlyList<string> Decode(TomlDocument document, PortablePaths paths, string file)
    {
        var commands = CommandPlaces.Find(document.Root, paths.Style);
        var lost = new HashSet<TomlPath>();
        document.MapStrings((path, text) =>
        {
            if (!commands.TryGetValue(path, out var place))
            {
                return paths.Decode(text, file, path.ToString());
            }

            if (paths.DecodeCommand(text, place.Language, file, path.ToString()) is { } decoded)
            {
                return decoded;
            }

            if (Runs(document, place, path, paths.Style))
            {
                lost.Add(place.Owner);
            }

            return paths.Decode(text, file, path.ToString(), isCommandLine: true);
        });
        document.MapKeys((path, text) => paths.Decode(text, file, path.ToString()));
        foreach (var owner in lost.Reverse())
        {
            Remove(document, owner);
        }

        return [.. lost.Select(owner => owner.ToString())];
    }

    /// <summary>The sentence for the person about what was left out.</summary>
    internal static string LeftOut(string file, string key)
        => $"'{key}' of the master's {file} was left out here: the path of this machine's home holds characters that cannot be quoted where it stands in the command. "
            + "Without quotes the command would run something else. Change the command on the master so that the path stands by itself, in double quotes.";

    // Of a hook's two commands one runs on this platform.
    private static bool Runs(TomlDocument document, CommandPlace place, TomlPath path, PathStyle platform)
        => path.LastKey is not ("command" or "commandWindows" or "command_windows") || document.Find(place.Owner) is not TomlTable handler
            || (platform == PathStyle.Windows
                ? path.LastKey != "command" || (handler["commandWindows"] ?? handler["command_windows"]) is null
                : path.LastKey == "command");

    private static void Remove(TomlDocument document, TomlPath owner)
    {
        // The last handler of a group takes the group with it.
        var isLastOfGroup = owner.Count == 5 && owner[0].Key == "hooks" && document.Find(owner.Parent!) is TomlList { Count: 1 };
        document.Remove(isLastOfGroup ? owner.Parent!.Parent! : owner);
    }

    private static string? Changed(string text, string encoded) => encoded == text ? null : encoded;
}
