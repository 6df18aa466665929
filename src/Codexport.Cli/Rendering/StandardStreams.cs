using System.Text;

namespace Codexport.Cli.Rendering;

/// <summary>
/// Standard input, output and error in UTF-8, whatever the locale or the code page of the machine says: the programs that read us, the
/// PowerShell module among them, need not guess.
/// </summary>
internal static class StandardStreams
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Sets up <see cref="Console"/>; to be called before anything is read or written through it.</summary>
    public static void UseUtf8()
    {
        if (!OperatingSystem.IsWindows())
        {
            Console.OutputEncoding = Utf8;
            Console.InputEncoding = Utf8;
            return;
        }

        // A console takes UTF-16 on every code page. Asked for UTF-8 it would change the code page, also for the programs after this one.
        Console.OutputEncoding = Encoding.Unicode;
        Console.InputEncoding = Encoding.Unicode;
        if (Console.IsOutputRedirected)
        {
            Console.SetOut(Writer(Console.OpenStandardOutput()));
        }

        if (Console.IsErrorRedirected)
        {
            Console.SetError(Writer(Console.OpenStandardError()));
        }

        if (Console.IsInputRedirected)
        {
            Console.SetIn(new StreamReader(Console.OpenStandardInput(), Utf8));
        }
    }

    /// <summary>Writes one text to standard output, without what <see cref="Console"/> costs at the start where that is not needed.</summary>
    public static void Write(string text)
    {
        if (OperatingSystem.IsWindows() && !Console.IsOutputRedirected)
        {
            UseUtf8();
            Console.Out.Write(text);
            return;
        }

        using var output = Console.OpenStandardOutput();
        output.Write(Utf8.GetBytes(text));
    }

    private static StreamWriter Writer(Stream stream) => new(stream, Utf8) { AutoFlush = true };
}
