param([string] $ModulePath, [string] $ProgramPath)

BeforeDiscovery {
    Import-Module $ModulePath -Force
    $cmdlets = Get-Command -Module Codexport
}

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
}

Describe 'the help of <_.Name>' -ForEach $cmdlets {
    BeforeAll {
        $cmdlet = $_
        $help = Get-Help $cmdlet.Name -Full
        $own = $cmdlet.Parameters.Keys | Where-Object { $_ -notin [System.Management.Automation.Cmdlet]::CommonParameters }
    }

    It 'has a synopsis, a description and what it writes' {
        $help.Synopsis.Trim() | Should -Match '^[A-Z].*\.$'
        ($help.description.Text -join ' ') | Should -Match '\w+ \w+'
        $output = $help.returnValues.returnValue.type.name
        $cmdlet.OutputType.Name | Where-Object { $output -eq $_ } | Should -Not -BeNullOrEmpty
    }

    It 'says what can be piped in, and where to read on' {
        $inputs = $help.inputTypes.inputType
        $inputs.type.name | Should -Not -BeNullOrEmpty
        ($inputs.description.Text -join ' ') | Should -Match '\w+ \w+'
        @($help.relatedLinks.navigationLink).Where{ $_.uri }[0].uri | Should -BeLike 'https://*'
        $help.examples.example | Where-Object { $_.title -notmatch 'Example \d+: [A-Z]\w+\W' } | Should -BeNullOrEmpty
    }

    It 'describes every parameter and no other' {
        $described = @($help.parameters.parameter)
        $described.name | Sort-Object | Should -Be ($own | Sort-Object)
        $described | Where-Object { ($_.description.Text -join ' ') -notmatch '\w+ \w+' } | Should -BeNullOrEmpty
    }

    It 'tells of each parameter what is true' {
        foreach ($described in @($help.parameters.parameter)) {
            $attribute = $cmdlet.Parameters[$described.name].Attributes.Where{ $_ -is [Parameter] }[0]
            $described.required | Should -Be "$($attribute.Mandatory)" -Because $described.name
            $described.position | Should -Be ($attribute.Position -lt 0 ? 'named' : "$($attribute.Position)") -Because $described.name
            $described.pipelineInput | Should -BeLike "$($attribute.ValueFromPipeline -or $attribute.ValueFromPipelineByPropertyName)*" -Because $described.name
        }
    }

    It 'shows every parameter set' {
        $syntax = @($help.syntax.syntaxItem)
        $syntax.Count | Should -Be $cmdlet.ParameterSets.Count
    }

    It 'has two examples with remarks, and links that lead somewhere' {
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        foreach ($example in $help.examples.example) {
            ($example.remarks.Text -join '').Trim() | Should -Not -BeNullOrEmpty
        }
        foreach ($link in @($help.relatedLinks.navigationLink).Where{ -not $_.uri }.linkText) {
            $link -like 'about_*' ? (Test-Path (Join-Path $cmdlet.Module.ModuleBase "en-US/$link.help.txt")) : [bool] (Get-Command $link) |
                Should -BeTrue -Because $link
        }
    }
}

Describe 'the topics' {
    It '<_> can be read' -ForEach 'about_Codexport', 'about_CodexportTrust', 'about_CodexportLocalState', 'about_CodexportRecovery', 'about_CodexportService' {
        $text = Get-Help $_ | Out-String
        $text | Should -BeLike "*$_*"
        $text | Should -BeLike '*LONG DESCRIPTION*'
        $text -split '\r?\n' | Where-Object Length -GT 80 | Should -BeNullOrEmpty
    }
}
