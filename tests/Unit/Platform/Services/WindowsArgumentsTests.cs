using System.Text;
using Codexport.Engine.ServiceSetup;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Codexport.Tests.Platform.Services;

public sealed class WindowsArgumentsTests
{
    [Property(MaxTest = 2_000)]
    public Property Join_OfAnyArguments_IsReadBackAsTheyWere()
        => Prop.ForAll(ServiceTexts.OddLists, arguments => Assert.Equal(arguments, Read(WindowsArguments.Join(arguments))));

    [Theory]
    [InlineData(@"C:\Users\me\codexport.exe", @"C:\Users\me\codexport.exe")]
    [InlineData(@"C:\Program Files\x\", "\"C:\\Program Files\\x\\\\\"")]
    [InlineData("", "\"\"")]
    public void Join_OfOneArgument_QuotesOnlyWhatNeedsIt(string argument, string expected) => Assert.Equal(expected, WindowsArguments.Join([argument]));

    /// <summary>The rules of the C runtime for the arguments after the first.</summary>
    private static List<string> Read(string line)
    {
        var arguments = new List<string>();
        for (var at = 0; at < line.Length;)
        {
            if (line[at] is ' ' or '\t')
            {
                at++;
                continue;
            }

            arguments.Add(ReadOne(line, ref at));
        }

        return arguments;
    }

    private static string ReadOne(string line, ref int at)
    {
        var argument = new StringBuilder();
        var isQuoted = false;
        for (; at < line.Length && (isQuoted || line[at] is not (' ' or '\t')); at++)
        {
            var backslashes = 0;
            for (; at < line.Length && line[at] == '\\'; at++)
            {
                backslashes++;
            }

            var isMark = at < line.Length && line[at] == '"';
            argument.Append('\\', isMark ? backslashes / 2 : backslashes);
            if (isMark && backslashes % 2 == 0)
            {
                isQuoted = !isQuoted;
            }
            else if (at < line.Length && (isQuoted || line[at] is not (' ' or '\t')))
            {
                argument.Append(line[at]);
            }
            else
            {
                at--;
            }
        }

        return argument.ToString();
    }
}
