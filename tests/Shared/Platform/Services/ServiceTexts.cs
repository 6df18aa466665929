using Codexport.Engine.ServiceSetup;
using FsCheck;
using FsCheck.Fluent;

namespace Codexport.Tests.Platform.Services;

/// <summary>Definitions and texts that several tests of services work with.</summary>
internal static class ServiceTexts
{
    private static readonly string[] Pieces =
    [
        "a", "Z", "9", "/", ".", "-", "_", " ", "  ", "\t", "\n", "\r", "%", "%h", "%%", "$", "${HOME}", "$$", "\"", "'", "\\", "\\n", "\\x41", ";", "#", "=", "@", ":", "+",
        "!", "|", "<", ">", "&", "&amp;", "]]>", "é", "ß", "漢", "\ud83d\ude00", "\u0001", "\u007f",
    ];

    /// <summary>Texts full of what some format gives a meaning to.</summary>
    public static Arbitrary<string> Odd { get; } = Smaller.Texts(OddTexts());

    /// <summary>The same without control characters.</summary>
    public static Arbitrary<string> OddLine { get; } = Smaller.Texts(
        OddTexts().Select(text => string.Concat(text.Where(letter => !char.IsControl(letter)))));

    /// <summary>A few of them.</summary>
    public static Arbitrary<List<string>> OddLists { get; } = Smaller.Lists(Gen.ListOf(OddTexts()).Resize(6).Select(texts => texts.ToList()));

    public static ServiceDefinition Server(string program = "/opt/code x/codexport", params string[] arguments)
        => new(new ServiceUnit("codexport-master", IsTimer: false), "Codexport: 100% of it", program, ["master", "serve", .. arguments])
        {
            Stamp = "0123456789abcdef",
            LogFolder = "/home/me/.codexport/log",
        };

    public static ServiceDefinition Timer(TimeSpan every)
        => new(new ServiceUnit("codexport-sync", IsTimer: true), "Codexport: sync", "/opt/codexport", ["sync", "--quick"])
        {
            Every = every,
            Stamp = "0123456789abcdef",
            LogFolder = "/home/me/.codexport/log",
        };

    private static Gen<string> OddTexts() => Gen.ListOf(Gen.Elements(Pieces)).Resize(12).Select(string.Concat);
}
