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
        foreach ($link in $help.relatedLinks.navigationLink.linkText) {
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

Describe 'the examples' {
    BeforeAll {
        $master = New-TestHome (Join-Path $TestDrive 'master')
        $follower = Join-Path $TestDrive 'follower'
        New-Item -ItemType Directory $follower | Out-Null
        Initialize-CodexportMaster -HomePath $master
        $server = Start-TestMaster $ProgramPath $master
        $link = (New-CodexportJoinLink 127.0.0.1 -Port $server.Port -HomePath $master).JoinLink

        # Runs all examples of a cmdlet in a home, with the names of this test in the place of those that the help makes up.
        function Invoke-Example([string] $Cmdlet, [string] $UserHome) {
            $PSDefaultParameterValues = @{ '*-Codexport*:HomePath' = $UserHome; '*-Codexport*:WarningAction' = 'SilentlyContinue' }
            foreach ($example in (Get-Help $Cmdlet -Full).examples.example) {
                $code = $example.code -replace "'codexport://[^']*'", "'$link'" -replace '\blaptop\b', [Environment]::MachineName
                foreach ($unused in 1) { . ([scriptblock]::Create($code)) }
            }
        }
    }

    AfterAll { Stop-TestMaster $server }

    It '<_> runs on a follower' -ForEach @(
        'Join-CodexportFollower', 'Install-CodexportRevision', 'Sync-CodexportFollower', 'Compare-CodexportFollower', 'Get-CodexportStatus',
        'Get-CodexportHook', 'Install-CodexportHook', 'Uninstall-CodexportHook', 'Get-CodexportShellIntegration',
        'Install-CodexportShellIntegration', 'Uninstall-CodexportShellIntegration', 'Test-CodexportInstallation') {
        { Invoke-Example $_ $follower } | Should -Not -Throw
    }

    It '<_> runs on a master' -ForEach @(
        'Initialize-CodexportMaster', 'New-CodexportJoinLink', 'Get-CodexportFollower', 'Approve-CodexportFollower', 'Revoke-CodexportFollower',
        'Update-CodexportBundle') {
        { Invoke-Example $_ $master } | Should -Not -Throw
    }

    It '<_> runs on a master that is exported' -ForEach 'Export-CodexportIdentity', 'Import-CodexportIdentity', 'Update-CodexportIdentity' {
        $exported = New-TestHome (Join-Path $TestDrive 'exported')
        Initialize-CodexportMaster -HomePath $exported
        Push-Location $TestDrive
        { Invoke-Example $_ $exported } | Should -Not -Throw
        Pop-Location
    }

    It '<_> runs on a master' -ForEach 'Install-CodexportService', 'Get-CodexportService', 'Uninstall-CodexportService' {
        { Invoke-Example $_ $master } | Should -Not -Throw
    }

    It '<_> runs on a follower' -ForEach 'Install-CodexportTimer', 'Get-CodexportTimer', 'Uninstall-CodexportTimer' {
        { Invoke-Example $_ $follower } | Should -Not -Throw
    }

    It 'Start-CodexportMaster runs on a master' {
        $other = New-TestHome (Join-Path $TestDrive 'other')
        Initialize-CodexportMaster -HomePath $other
        { Invoke-Example 'Start-CodexportMaster' $other } | Should -Not -Throw
    }

    It '<_> runs on a follower that has backups' -ForEach 'Get-CodexportBackup', 'Restore-CodexportBackup', 'Reset-CodexportTrust', 'Remove-CodexportFollower' {
        { Invoke-Example $_ $follower } | Should -Not -Throw
    }

    It 'are all in this test' {
        $tested = (Select-String -Path $PSCommandPath -Pattern "'([A-Z][a-z]+-Codexport\w+)'" -AllMatches).Matches.ForEach{ $_.Groups[1].Value }
        (Get-Command -Module Codexport).Name | Where-Object { $_ -notin $tested } | Should -BeNullOrEmpty
    }
}
